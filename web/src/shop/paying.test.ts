import { describe, expect, it } from 'vitest'
import { suiting, type Method } from './paying'

const METHODS: Method[] = ['wechat_native', 'wechat_h5', 'alipay_qr', 'alipay_wap']
const ALL = { methods: METHODS, within_wechat: true }
const DESK = { phone: false, wechat: false }
const PHONE = { phone: true, wechat: false }
const WECHAT = { phone: true, wechat: true }

describe('the ways of paying', () => {
  it('are codes to scan at a desk, and pages to open on a phone', () => {
    expect(suiting(ALL, DESK)).toEqual(['wechat_native', 'alipay_qr'])
    expect(suiting(ALL, PHONE)).toEqual(['wechat_h5', 'alipay_wap'])
  })

  it('are the one that opens within WeChat, on its phones and at a desk', () => {
    expect(suiting(ALL, WECHAT)).toEqual(['within_wechat'])
    expect(suiting(ALL, { ...WECHAT, phone: false })).toEqual(['within_wechat'])
    expect(suiting({ ...ALL, within_wechat: false }, WECHAT)).toEqual(['wechat_h5', 'alipay_wap'])
  })

  it('are whatever there is where nothing suits the device', () => {
    expect(suiting({ methods: ['wechat_native'], within_wechat: false }, PHONE)).toEqual(['wechat_native'])
  })
})
