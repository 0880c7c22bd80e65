import { describe, expect, it } from 'vitest'
import { suiting, type Method } from './paying'

const ALL: Method[] = ['wechat_native', 'wechat_h5', 'alipay_qr', 'alipay_wap']

describe('the ways of paying', () => {
  it('are codes to scan at a desk, and pages to open on a phone', () => {
    expect(suiting(ALL, false)).toEqual(['wechat_native', 'alipay_qr'])
    expect(suiting(ALL, true)).toEqual(['wechat_h5', 'alipay_wap'])
  })

  it('are whatever there is where nothing suits the device', () => {
    expect(suiting(['wechat_native'], true)).toEqual(['wechat_native'])
  })
})
