import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { repeating } from './repeat.js'

type Step = Response | Error

const BUSY = { code: 'BUSY' }
const OVERLOADED = { code: 'OVERLOADED' }
const answer = (status: number, body: object = {}, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers })
const lost = new TypeError('Failed to fetch')

/** A service that answers so, the last answer ever after; with what reached it, and when (milliseconds). */
function service(...steps: Step[]) {
  const reached: { at: number; key: string | null; body: string }[] = []
  const began = performance.now()
  const send = repeating(async (request) => {
    reached.push({
      at: performance.now() - began,
      key: request.headers.get('Idempotency-Key'),
      body: await request.text(),
    })
    const step = steps[Math.min(reached.length, steps.length) - 1]
    if (step instanceof Response) return step.clone()
    throw step ?? lost
  })
  return { reached, send }
}

function request(method: string, key?: string): Request {
  const body = method === 'GET' || method === 'DELETE' ? null : '{"course_id":"c1"}'
  return new Request('https://xueshi.test/v1/x', { method, body, headers: key ? { 'Idempotency-Key': key } : {} })
}

/** What came of it in the end: a status, or a problem's code. */
async function outcome(sending: Promise<Response>): Promise<unknown> {
  const settled = sending.then(
    ({ status }) => status,
    (problem: { code: string }) => problem.code,
  )
  await vi.runAllTimersAsync()
  return settled
}

describe('what is sent again', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    // The middle of every random half: pauses of 400 ms, 800 ms and so on.
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it.each([409, 503])('is the same request with the same key after %i BUSY', async (status) => {
    const { reached, send } = service(answer(status, BUSY), answer(status, BUSY), answer(201))
    expect(await outcome(send(request('POST', 'key-1')))).toBe(201)
    expect(new Set(reached.map(({ key, body }) => `${key} ${body}`))).toEqual(new Set(['key-1 {"course_id":"c1"}']))
    expect(reached).toHaveLength(3)
  })

  it('comes after pauses that grow, five times at most, and then is shown as it is', async () => {
    const { reached, send } = service(answer(409, BUSY))
    expect(await outcome(send(request('POST', 'key-1')))).toBe(409)
    expect(reached.map(({ at }) => at)).toEqual([0, 400, 1_200, 2_800, 6_000])
  })

  it('comes at random moments, so that those who were refused together do not return together', async () => {
    vi.mocked(Math.random).mockReturnValueOnce(0).mockReturnValueOnce(0.99)
    const { reached, send } = service(answer(409, BUSY), answer(409, BUSY), answer(200))
    await outcome(send(request('POST', 'key-1')))
    expect(reached.map(({ at }) => Math.round(at))).toEqual([0, 200, 200 + 1_192])
  })

  it('does not come before the service wants it', async () => {
    const { reached, send } = service(answer(503, BUSY, { 'Retry-After': '3' }), answer(201))
    expect(await outcome(send(request('POST', 'key-1')))).toBe(201)
    expect(reached.map(({ at }) => at)).toEqual([0, 3_400])
  })

  it('does not come at all where the service wants it too late', async () => {
    const { reached, send } = service(answer(503, BUSY, { 'Retry-After': '60' }))
    expect(await outcome(send(request('POST', 'key-1')))).toBe(503)
    expect(reached).toHaveLength(1)
  })

  it('is bounded in time where each try takes long', async () => {
    const tries: number[] = []
    const began = performance.now()
    const send = repeating(async () => {
      tries.push(performance.now() - began)
      await new Promise((resolve) => setTimeout(resolve, 12_000))
      throw new DOMException('timed out', 'TimeoutError')
    })
    expect(await outcome(send(request('POST', 'key-1')))).toBe('NETWORK')
    expect(tries).toEqual([0, 12_400])
  })

  it.each([
    ['POST', 'key-1'],
    ['PUT', undefined],
    ['DELETE', undefined],
  ])('is a %s (key: %s) that got no answer', async (method, key) => {
    const { reached, send } = service(lost, answer(504), answer(200))
    expect(await outcome(send(request(method, key)))).toBe(200)
    expect(reached).toHaveLength(3)
  })

  it('is a POST without a key that got no answer, where it is said to be safe', async () => {
    const sent = vi.fn(() => (sent.mock.calls.length === 1 ? Promise.reject(lost) : Promise.resolve(answer(201))))
    expect(await outcome(repeating(sent, () => true)(request('POST')))).toBe(201)
    expect(sent).toHaveBeenCalledTimes(2)
  })

  it.each(['POST', 'PATCH', 'GET'])('is no %s without a key that got no answer', async (method) => {
    const { reached, send } = service(lost, answer(200))
    expect(await outcome(send(request(method)))).toBe('NETWORK')
    expect(reached).toHaveLength(1)
  })

  it.each(['POST', 'PATCH', 'GET'])('is a %s without a key that was refused because much happens', async (method) => {
    const { reached, send } = service(answer(409, BUSY), answer(503, OVERLOADED), answer(429), answer(200))
    expect(await outcome(send(request(method)))).toBe(200)
    expect(reached).toHaveLength(4)
  })

  it.each([
    [409, 'PRICE_CHANGED'],
    [422, 'IDEMPOTENCY_KEY_REUSED'],
    [500, 'INTERNAL'],
    [502, 'PROVIDER_UNAVAILABLE'],
  ])('is nothing that was decided: %i %s', async (status, code) => {
    const { reached, send } = service(answer(status, { code }))
    expect(await outcome(send(request('POST', 'key-1')))).toBe(status)
    expect(reached).toHaveLength(1)
  })
})
