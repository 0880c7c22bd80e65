// Bytes, texts, numbers and JSON, each of which has exactly one form. Written from docs/evidence-format.md alone.

/** Something has not the form that it must have: nothing can be said of it. `code` is of the format's document. */
export class Unreadable extends Error {
  constructor(
    readonly code: string,
    readonly detail = '',
  ) {
    super(`${code} ${detail}`)
  }
}

export type Bytes = Uint8Array<ArrayBuffer>

const MAX_NUMBER = 2n ** 63n - 1n

/** The text in a file of at most so many bytes. Throws Unreadable. */
export function textOf(content: Bytes, most: number, code: string): string {
  if (content.length > most) throw new Unreadable(code, `> ${most} bytes`)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    throw new Unreadable(code, 'UTF-8')
  }
}

export function bytesOf(text: string): Bytes {
  return new TextEncoder().encode(text)
}

/** The text of some bytes in Base64, padded. */
export function base64Text(raw: Bytes): string {
  let binary = ''
  // One call for each part: a call takes only so many arguments.
  for (let start = 0; start < raw.length; start += 8192) {
    binary += String.fromCharCode(...raw.subarray(start, start + 8192))
  }
  return btoa(binary)
}

export function base64UrlText(raw: Bytes): string {
  return base64Text(raw).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** The bytes of a padded Base64 text. Throws Unreadable for all texts but the one that the bytes have. */
export function base64Bytes(text: string, code: string): Bytes {
  const raw = decoded(text)
  if (raw === null || base64Text(raw) !== text) throw new Unreadable(code, 'Base64')
  return raw
}

/** The bytes of an unpadded base64url text. Throws Unreadable for all texts but the one that the bytes have. */
export function base64UrlBytes(text: string, code = 'encoding'): Bytes {
  const padding = '='.repeat((4 - (text.length % 4)) % 4)
  const raw = decoded(text.replaceAll('-', '+').replaceAll('_', '/') + padding)
  if (raw === null || base64UrlText(raw) !== text) throw new Unreadable(code, 'base64url')
  return raw
}

function decoded(text: string): Bytes | null {
  let binary: string
  try {
    binary = atob(text)
  } catch {
    return null
  }
  // A loop: `from` with a function takes most of the time of a large file.
  const raw = new Uint8Array(binary.length)
  for (let place = 0; place < binary.length; place += 1) raw[place] = binary.charCodeAt(place)
  return raw
}

export function hexText(raw: Bytes): string {
  return Array.from(raw, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A number in ASCII digits without leading zeroes: places in a log may need more than 53 bits. Throws Unreadable. */
export function numberOf(text: string, code: string): bigint {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) > MAX_NUMBER) throw new Unreadable(code, 'number')
  return BigInt(text)
}

export function numberOfBytes(raw: Bytes): bigint {
  return BigInt(`0x${hexText(raw) || '0'}`)
}

export type Json = Record<string, unknown>

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The JSON object in a text, wherever it comes from. Throws Unreadable, also for members that occur twice, numbers that
 * are no integers of 53 bits, halves of surrogate pairs and what lies too deep.
 */
export function jsonObject(text: string, code: string): Json {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Unreadable(code, 'JSON')
  }
  if (!isObject(value) || !isPlain(text)) throw new Unreadable(code, 'JSON')
  return value
}

/** How deep objects and lists lie in each other at most. */
const MAX_DEPTH = 16
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|-?[0-9][-+.0-9eE]*/gs

/** Whether a text, which is JSON, is so in the strict form: what parsing would take silently is seen in the text. */
function isPlain(text: string): boolean {
  const open: (Set<string> | null)[] = []
  let last = ''
  for (const [token] of text.matchAll(TOKEN)) {
    if (!isPlainToken(token) || open.length > MAX_DEPTH) return false
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':') {
      const members = open.at(-1)
      const name = JSON.parse(last) as string
      if (members?.has(name)) return false
      members?.add(name)
    }
    last = token
  }
  return true
}

/** Whether a number is an integer of 53 bits, and a text has no half of a surrogate pair, which only escapes can make. */
function isPlainToken(token: string): boolean {
  if (/^[-0-9]/.test(token)) return /^-?[0-9]+$/.test(token) && Number.isSafeInteger(Number(token))
  return !/\\u[dD]/.test(token) || !/\p{Surrogate}/u.test(JSON.parse(token) as string)
}

/** Whether a text is the one form of its value in JSON. The value was read from it. */
export function isCanonical(text: string, value: unknown): boolean {
  return JSON.stringify(sorted(value)) === text
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]))
}

export async function sha256(...parts: Bytes[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined(...parts)))
}

export function joined(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let place = 0
  for (const part of parts) {
    whole.set(part, place)
    place += part.length
  }
  return whole
}

export function isSame(one: Bytes, other: Bytes): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place])
}
