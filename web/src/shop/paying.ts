// Which ways of paying are offered on this device.

import type { components } from '@xueshi/client/orders'

export type Method = components['schemas']['Method']

/** Whether the payer opens the provider's page, in place of scanning a code. A phone cannot scan its own screen. */
export function opensPage(method: Method): boolean {
  return method === 'wechat_h5' || method === 'alipay_wap'
}

/** The available methods that suit the device; all of them where none does. */
export function suiting(available: readonly Method[], phone: boolean): Method[] {
  const fitting = available.filter((method) => opensPage(method) === phone)
  return fitting.length ? fitting : [...available]
}

/** Whether the device is held in the hand. */
export function onPhone(): boolean {
  return window.matchMedia('(pointer: coarse)').matches
}
