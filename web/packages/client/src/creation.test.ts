import { describe, expect, it } from 'vitest'
import { creation } from './creation.js'

const done = { data: 'done', response: new Response() }
const refused = { error: { code: 'BUSY' }, response: new Response(null, { status: 409 }) }

/** Presses the button: what is sent is answered so. Returns the key it was sent with. */
async function press(
  create: ReturnType<typeof creation>,
  content: { path?: Record<string, string>; body: unknown },
  answers: typeof done | typeof refused,
): Promise<string> {
  let key = ''
  await create(content, (request) => {
    key = request.params.header['Idempotency-Key']
    expect([request.params.path, request.body]).toEqual([content.path, content.body])
    return Promise.resolve(answers)
  }).catch(() => undefined)
  return key
}

describe('the key of what is created', () => {
  const content = { path: { order_id: 'o1' }, body: { lines: [1] } }

  it('stays for the same content until it is done', async () => {
    const create = creation()
    const keys = [await press(create, content, refused), await press(create, { ...content }, done)]
    expect(new Set(keys).size).toBe(1)
    expect(await press(create, content, done)).not.toBe(keys[0])
  })

  it('is another for other content, and the first again for the first', async () => {
    const create = creation()
    const first = await press(create, content, refused)
    const others = [
      await press(create, { ...content, body: { lines: [1, 2] } }, done),
      await press(create, { ...content, path: { order_id: 'o2' } }, refused),
    ]
    expect(new Set([first, ...others]).size).toBe(3)
    expect(await press(create, content, done)).toBe(first)
  })

  it('stays when nobody answered', async () => {
    const create = creation()
    const sent: string[] = []
    const send = (request: { params: { header: { 'Idempotency-Key': string } } }) => {
      sent.push(request.params.header['Idempotency-Key'])
      return sent.length === 1 ? Promise.reject(new TypeError('offline')) : Promise.resolve(done)
    }
    await expect(create(content, send)).rejects.toMatchObject({ code: 'NETWORK' })
    await expect(create(content, send)).resolves.toBe('done')
    expect(sent[0]).toBe(sent[1])
  })
})
