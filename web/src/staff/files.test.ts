import { afterEach, describe, expect, it, vi } from 'vitest'
import { base64Of, csv, put, sha256Of, textOf } from './files'

// The messages need a browser.
vi.mock('../i18n', () => ({}))

describe('a table to take along', () => {
  it('has no formulas, and quotes what would break its lines', () => {
    expect(
      csv([
        ['a', 'b'],
        ['=1+1', 'say "hi", twice\n'],
      ]),
    ).toBe('\uFEFFa,b\r\n\'=1+1,"say ""hi"", twice\n"\r\n')
  })
})

describe('a text file that somebody saved', () => {
  // "行号 line_id,结果 result" and "证号不符" as Chinese spreadsheets save them (GBK), and the latter in Big5.
  const [GBK_HEAD, GBK_WORDS, BIG5] = [
    'd0d0bac5206c696e655f69642cbde1b9fb20726573756c74',
    'd6a4bac5b2bbb7fb',
    'c3d2b8b9a4a3b2c5',
  ]
  const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)).buffer
  const utf8 = (text: string) => new TextEncoder().encode(text).buffer
  const read = (content: ArrayBuffer) => textOf(content, /行号 line_id/)

  it('is read as UTF-8, with its mark or without', () => {
    expect(read(utf8('结果'))).toBe('结果')
    expect(read(utf8('\uFEFF结果'))).toBe('结果')
  })

  it('is read as GBK where the words are there that it must have', () => {
    expect(read(bytes(GBK_HEAD + '0a' + GBK_WORDS))).toBe('行号 line_id,结果 result\n证号不符')
  })

  it('is not guessed at otherwise', () => {
    expect(read(bytes(GBK_WORDS))).toBeNull()
    expect(read(bytes(BIG5))).toBeNull()
    expect(read(bytes('fffe' + '4c00'))).toBeNull()
  })
})

describe('a file to be sent', () => {
  it('is the same bytes on the other side, however long it is', () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, index) => index % 251)
    const back = Uint8Array.from(atob(base64Of(bytes)), (letter) => letter.charCodeAt(0))
    expect(back).toEqual(bytes)
  })
})

describe('a file that is uploaded', () => {
  const to = { url: 'https://storage.test/a.pdf', headers: { 'Content-Length': '3', 'If-None-Match': '*' } }
  const answers = (status: number) => {
    const fetched = vi.fn<typeof fetch>(() => Promise.resolve(new Response(null, { status })))
    vi.stubGlobal('fetch', fetched)
    return fetched
  }
  afterEach(() => vi.unstubAllGlobals())

  it('is named by its SHA-256', async () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    expect(await sha256Of(new TextEncoder().encode('abc'))).toBe(abc)
  })

  it('goes with the signed headers, but for the length, which browsers tell', async () => {
    const fetched = answers(200)
    await put(to, new ArrayBuffer(3))
    expect(fetched.mock.calls[0]?.[1]).toMatchObject({ method: 'PUT', headers: [['If-None-Match', '*']] })
  })

  it('that is there already was sent before the answer was lost', async () => {
    answers(412)
    await expect(put(to, new ArrayBuffer(3))).resolves.toBeUndefined()
  })

  it('that is refused is said to be', async () => {
    answers(403)
    await expect(put(to, new ArrayBuffer(3))).rejects.toMatchObject({ status: 403 })
  })
})
