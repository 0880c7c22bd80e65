import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { result } from './answers.js'
import { connect } from './client.js'
import { Pool } from './pool.js'
import { Session } from './session.js'

const CONFIG = { cognitoUrl: 'https://xueshi.test/cognito', userPoolClientId: 'c1' }

/** Whatever is asked for is answered after so long (milliseconds), unless whoever asked gives up before. */
function answeredAfter(delay: number): void {
  vi.stubGlobal(
    'fetch',
    (_input: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new DOMException('timed out', 'TimeoutError')))
        setTimeout(() => resolve(new Response(JSON.stringify(CONFIG), { status: 200 })), delay)
      }),
  )
}

/** What came of it, and after how many seconds. */
async function outcome(asking: Promise<unknown>): Promise<[string, number]> {
  const began = performance.now()
  const settled = asking.then(
    () => 'answered',
    (problem: { code: string }) => problem.code,
  )
  const timed = settled.then((what): [string, number] => [what, Math.round((performance.now() - began) / 1_000)])
  await vi.runAllTimersAsync()
  return timed
}

let api: () => Promise<unknown>
let signIn: () => Promise<unknown>

describe('an answer', () => {
  beforeEach(() => {
    // Anew each time: the sign-in's configuration is asked for until it has come once.
    const pool = new Pool('https://xueshi.test')
    const { catalog } = connect(new Session(pool), 'https://xueshi.test')
    api = () => result(catalog.GET('/v1/catalog/courses'))
    signIn = () => pool.call('SignUp', { Username: 'learner@xueshi.test', Password: 'a password' })
    vi.useFakeTimers()
    // The environment's own timeout goes by the real clock.
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((delay) => {
      const giving = new AbortController()
      setTimeout(() => giving.abort(), delay)
      return giving.signal
    })
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  it('of an API is waited for 30 seconds', async () => {
    answeredAfter(29_000)
    expect(await outcome(api())).toEqual(['answered', 29])
    answeredAfter(31_000)
    expect(await outcome(api())).toEqual(['NETWORK', 30])
  })

  it('of the sign-in is waited for as long', async () => {
    answeredAfter(1_000)
    await outcome(signIn())
    answeredAfter(29_000)
    expect(await outcome(signIn())).toEqual(['answered', 29])
    answeredAfter(31_000)
    expect(await outcome(signIn())).toEqual(['NETWORK', 30])
  })

  it('with the configuration of the sign-in is waited for as long', async () => {
    answeredAfter(31_000)
    expect(await outcome(signIn())).toEqual(['NETWORK', 30])
    answeredAfter(29_000)
    expect(await outcome(signIn())).toEqual(['answered', 29 + 29])
  })
})
