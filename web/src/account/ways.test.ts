// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest'
import { lastWay, rememberWay } from './ways'

afterEach(() => {
  localStorage.clear()
  vi.unstubAllGlobals()
})

const WECHAT = 'Mozilla/5.0 (iPhone) AppleWebKit/605 MicroMessenger/8.0.50'

test.each([
  ['Mozilla/5.0', null, 'phone'],
  [WECHAT, null, 'wechat'],
  [WECHAT, 'email', 'email'],
  ['Mozilla/5.0', 'email', 'email'],
] as const)('in %s, after %s, one signs in by %s', (userAgent, last, way) => {
  vi.stubGlobal('navigator', { userAgent })
  if (last) rememberWay(last)
  expect(lastWay(['phone', 'email', 'wechat'])).toBe(way)
})

test('a way that is not offered is not proposed', () => {
  vi.stubGlobal('navigator', { userAgent: WECHAT })
  expect(lastWay(['email'])).toBe('email')
})
