import { describe, expect, it } from 'vitest'
import { treatmentOf, type Asked } from './treatment'

const ORIGIN = 'https://xueshi.example'

function treated(path: string, change: Partial<Asked> = {}, headers: Record<string, string> = {}): string {
  const url = path.startsWith('http') ? path : ORIGIN + path
  return treatmentOf({ method: 'GET', url, mode: 'cors', headers: new Headers(headers), ...change }, ORIGIN)
}

describe('what the service worker keeps', () => {
  it.each(['/assets/index-B1x_9-a.js', '/assets/HomePage-abc.css'])('is a file named by its content: %s', (path) => {
    expect(treated(path)).toBe('asset')
  })

  it.each(['/', '/courses/risk-level-talk', '/hours?watch=1', '/staff/finance'])('is the page of: %s', (path) => {
    expect(treated(path, { mode: 'navigate' })).toBe('page')
  })

  it('is the mark', () => expect(treated('/icon.svg')).toBe('mark'))
})

describe('what the service worker leaves alone', () => {
  it.each([
    '/v1/credits/account',
    '/v1/catalog/courses',
    '/v1/orders/courses/a/state',
    '/media/lecture/index.m3u8',
    '/media/lecture/1.ts',
    '/log/checkpoint',
    '/config.json',
    '/sw.js',
    '/manifest.webmanifest',
    '/cognito/',
    '/_local/mailbox',
    '/assets/index-abc.js?token=1',
    '/assets/../v1/credits/account',
    'https://elsewhere.example/assets/index-abc.js',
  ])('is everything else that a page asks for: %s', (path) => expect(treated(path)).toBe('pass'))

  it.each(['/v1/credits/transcript', '/v1/credits/transcript.pdf', '/media/a', '/log/', '/_local/codes', '/sw.js'])(
    'is what somebody opens that is no page of the client: %s',
    (path) => expect(treated(path, { mode: 'navigate' })).toBe('pass'),
  )

  it('is what changes something, and what says who asks, or for a part', () => {
    expect(treated('/assets/a-1.js', { method: 'POST' })).toBe('pass')
    expect(treated('/', { method: 'POST', mode: 'navigate' })).toBe('pass')
    expect(treated('/assets/a-1.js', {}, { authorization: 'Bearer x' })).toBe('pass')
    expect(treated('/assets/a-1.js', {}, { range: 'bytes=0-1' })).toBe('pass')
  })
})
