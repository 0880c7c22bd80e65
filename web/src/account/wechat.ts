// Going to WeChat and coming back: what only this tab knows binds the answer to it.

import { credits, result } from '../api/client'
import { isInsideWeChat } from '../components/inside-wechat'

const STORED = 'xueshi.wechat'

/** What waits for WeChat's answer: what only this tab knows, what the answer is for, and where to go on. */
export interface Waiting {
  verifier: string
  purpose: 'signIn' | 'add'
  to: string
}

/** Goes to WeChat's page. Throws Problem. */
export async function goToWeChat(purpose: Waiting['purpose'], to: string): Promise<void> {
  const verifier = hex(crypto.getRandomValues(new Uint8Array(32)))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const body = { browser: hex(new Uint8Array(digest)), inside: isInsideWeChat() }
  const { url } = await result(credits.POST('/v1/credits/identities/wechat/pages', { body }))
  sessionStorage.setItem(STORED, JSON.stringify({ verifier, purpose, to } satisfies Waiting))
  location.assign(url)
}

/** What waits here, once: who comes back a second time, or never left from this tab, finds nothing. */
export function takeWaiting(): Waiting | null {
  const text = sessionStorage.getItem(STORED)
  sessionStorage.removeItem(STORED)
  try {
    return JSON.parse(text ?? 'null') as Waiting | null
  } catch {
    return null
  }
}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
