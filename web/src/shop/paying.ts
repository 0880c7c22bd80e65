// Which ways of paying are offered on this device.

import type { components } from '@xueshi/client/orders'

export type Method = components['schemas']['Method']
/** How one pays here: by a method, or within WeChat, whose browser asks the payer itself. */
export type Way = Method | 'within_wechat'

interface Device {
  phone: boolean
  wechat: boolean
}

/** Whether the payer opens the provider's page, in place of scanning a code. A phone cannot scan its own screen. */
export function opensPage(way: Way): boolean {
  return way === 'wechat_h5' || way === 'alipay_wap'
}

/** Whether a code is shown, to be scanned with another device. */
export function showsCode(way: Way): boolean {
  return way !== 'within_wechat' && !opensPage(way)
}

/** The available ways that suit the device; all methods where none does. Within WeChat nothing else opens. */
export function suiting(available: components['schemas']['MethodsAnswer'], { phone, wechat }: Device): Way[] {
  if (wechat && available.within_wechat) return ['within_wechat']
  const fitting = available.methods.filter((method) => opensPage(method) === phone)
  return fitting.length ? fitting : available.methods
}

/** Whether the device is held in the hand. */
export function onPhone(): boolean {
  return window.matchMedia('(pointer: coarse)').matches
}
