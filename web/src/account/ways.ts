import type { Way } from '@xueshi/client'
import { isInsideWeChat } from '../components/inside-wechat'

const STORED = 'xueshi.way'

/** How somebody signed in here last, if that is offered; else WeChat within WeChat, and what is offered first. */
export function lastWay(offered: Way[]): Way {
  const known = localStorage.getItem(STORED) ?? (isInsideWeChat() ? 'wechat' : null)
  return offered.find((way) => way === known) ?? offered[0] ?? 'email'
}

/** Remembers the way for the next time. */
export function rememberWay(way: Way): void {
  localStorage.setItem(STORED, way)
}
