import { Problem } from '../api/problem'

/** Rows as CSV that spreadsheets read as they are: UTF-8 with mark, and no cell that they would take for a formula. */
export function csv(rows: readonly (readonly string[])[]): string {
  return `\uFEFF${rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`
}

function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

/** A text file as people save it: UTF-8, or the GB18030 (GBK) of Chinese spreadsheets; null where it is neither.
 * Almost any bytes are some text in GB18030: that they are the right one, only words tell that are `expected` in it. */
export function textOf(bytes: ArrayBuffer, expected: RegExp): string | null {
  const utf8 = decoded(bytes, 'utf-8')
  if (utf8 !== null) return utf8
  const chinese = decoded(bytes, 'gb18030')
  return chinese !== null && expected.test(chinese) ? chinese : null
}

function decoded(bytes: ArrayBuffer, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** Bytes as text that JSON can carry. */
export function base64Of(bytes: Uint8Array): string {
  // In pieces: a call takes only so many arguments.
  let binary = ''
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(binary)
}

/** The SHA-256 of bytes, hexadecimal. */
export async function sha256Of(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const THERE_ALREADY = 412
const UPLOAD_MS = 60_000

/** Puts a file to a signed address with the signed headers. One that is there already is the same one: its key is its
 * checksum. Throws Problem. */
export async function put(to: { url: string; headers: Record<string, string> }, bytes: ArrayBuffer): Promise<void> {
  // Browsers tell the length themselves and let nobody else do it.
  const headers = Object.entries(to.headers).filter(([name]) => name.toLowerCase() !== 'content-length')
  const signal = AbortSignal.timeout(UPLOAD_MS)
  const answer = await fetch(to.url, { method: 'PUT', headers, body: bytes, signal }).catch(() => {
    throw Problem.network()
  })
  if (!answer.ok && answer.status !== THERE_ALREADY) throw Problem.of(answer.status, undefined)
}
