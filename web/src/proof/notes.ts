// Signed notes, checkpoints and the Ed25519 keys under them (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

import {
  base64Bytes,
  bytesOf,
  hexText,
  isSame,
  numberOf,
  numberOfBytes,
  sha256,
  Unreadable,
  type Bytes,
} from './encoding'

export const LOG = 1
export const WITNESS = 4
const KEY_BYTES = 32
const ID_BYTES = 4
const TIME_BYTES = 8
const HASH_BYTES = 32
export const MAX_NOTE_BYTES = 64 * 1024
const MAX_SIGNATURES = 64
const MAX_TIME = 2n ** 63n - 1n
/** Of the group of Ed25519. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n
const PRIME = 2n ** 255n - 19n
/** d of the curve -x^2 + y^2 = 1 + d x^2 y^2. */
const CURVE = 37095705934669439343138083508754565189542113879843219016388785533085940283555n

/** This browser has no Ed25519: nothing can be checked in it. */
export class Unsupported extends Error {}

export interface Key {
  name: string
  id: Bytes
  raw: Bytes
  handle: CryptoKey
}

/** A key as policies have it, for a use. Throws Unreadable, Unsupported. */
export async function readKey(text: string, use: number): Promise<Key> {
  const [, name = '', id = '', rest = ''] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? []
  const raw = base64Bytes(rest, 'policy')
  if (!isName(name) || raw.length !== 1 + KEY_BYTES || raw[0] !== use) throw new Unreadable('policy', 'key')
  const found = (await sha256(bytesOf(`${name}\n`), raw)).slice(0, ID_BYTES)
  if (hexText(found) !== id) throw new Unreadable('policy', 'key id')
  const key = raw.slice(1)
  if (!isStrong(key)) throw new Unreadable('policy', 'Ed25519')
  const handle = await crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']).catch((thrown) => {
    if (thrown instanceof Error && thrown.name === 'NotSupportedError') throw new Unsupported()
    throw new Unreadable('policy', 'Ed25519')
  })
  return { name, id: found, raw: key, handle }
}

function isName(text: string): boolean {
  return text !== '' && !/[+\0-\x1f\p{White_Space}]/u.test(text)
}

/** Whether a key is a point of Ed25519's curve in the one form that it has, and not of order 1, 2, 4 or 8. */
function isStrong(key: Bytes): boolean {
  const y = BigInt.asUintN(255, numberOfBytes(key.slice().reverse()))
  // The square of x is u / v; v is never 0.
  const [u, v] = [y * y - 1n, CURVE * y * y + 1n]
  const isWeak = y === 0n || u % PRIME === 0n || (u + y * y * v) % PRIME === 0n
  return y < PRIME && !isWeak && power(u * v, (PRIME - 1n) / 2n) === 1n
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, base % PRIME]
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % PRIME
    square = (square * square) % PRIME
  }
  return result
}

interface Signature {
  name: string
  keyId: Bytes
  content: Bytes
}

/** A checkpoint with its signatures. `text` is what is signed; origin, size and root are what it says. */
export interface Note {
  text: string
  signatures: Signature[]
  origin: string
  size: bigint
  root: Bytes
}

/** The signed checkpoint in a text. Throws Unreadable. */
export function readNote(text: string): Note {
  if (bytesOf(text).length > MAX_NOTE_BYTES || /[\0-\x09\x0b-\x1f]/.test(text)) throw new Unreadable('proof', 'note')
  const gap = text.lastIndexOf('\n\n')
  const lines = text.slice(gap + 2).split('\n')
  if (gap < 1 || lines.pop() !== '' || lines.length < 1 || lines.length > MAX_SIGNATURES) {
    throw new Unreadable('proof', 'note')
  }
  return { signatures: lines.map(readSignature), ...checkpoint(text.slice(0, gap + 1)) }
}

function readSignature(line: string): Signature {
  const [mark, name = '', rest = '', ...more] = line.split(' ')
  if (mark !== '\u2014' || !isName(name) || more.length > 0) throw new Unreadable('proof', 'signature')
  const raw = base64Bytes(rest, 'proof')
  if (raw.length <= ID_BYTES) throw new Unreadable('proof', 'signature')
  return { name, keyId: raw.slice(0, ID_BYTES), content: raw.slice(ID_BYTES) }
}

function checkpoint(text: string): Omit<Note, 'signatures'> {
  const lines = text.slice(0, -1).split('\n')
  const [origin = '', size = '', root = ''] = lines
  if (lines.length < 3 || lines.includes('')) throw new Unreadable('proof', 'checkpoint')
  return { text, origin, size: numberOf(size, 'proof'), root: hashOf(root) }
}

/** A SHA-256 in Base64. Throws Unreadable. */
export function hashOf(text: string): Bytes {
  const raw = base64Bytes(text, 'proof')
  if (raw.length !== HASH_BYTES) throw new Unreadable('proof', 'hash')
  return raw
}

/** The signatures that say that a key made them. */
export function signaturesBy(note: Note, key: Key): Signature[] {
  return note.signatures.filter((each) => each.name === key.name && isSame(each.keyId, key.id))
}

/** Whether all that is there in a log's name is right. True where there is nothing. */
export async function isSignedBy(note: Note, key: Key): Promise<boolean> {
  const signed = bytesOf(note.text)
  const right = await Promise.all(signaturesBy(note, key).map((each) => hasSigned(key, signed, each.content)))
  return right.every(Boolean)
}

/** When a witness cosigned last (seconds since 1970); null where one of its cosignatures is wrong. */
export async function cosignedAt(note: Note, key: Key): Promise<number | null> {
  const times = await Promise.all(signaturesBy(note, key).map((each) => timeOf(note.text, key, each.content)))
  const known = times.filter((at) => at !== null)
  return known.length === times.length ? Number(known.reduce((last, at) => (at > last ? at : last), 0n)) : null
}

async function timeOf(text: string, key: Key, content: Bytes): Promise<bigint | null> {
  const at = numberOfBytes(content.slice(0, TIME_BYTES))
  const message = bytesOf(`cosignature/v1\ntime ${at}\n${text}`)
  const isRight = at > 0n && at <= MAX_TIME && (await hasSigned(key, message, content.slice(TIME_BYTES)))
  return isRight ? at : null
}

/** Whether a key made a signature of a message, in the one form that it may have. */
async function hasSigned(key: Key, message: Bytes, signature: Bytes): Promise<boolean> {
  if (signature.length !== 64 || numberOfBytes(signature.slice(32).reverse()) >= ORDER) return false
  return crypto.subtle.verify({ name: 'Ed25519' }, key.handle, signature, message)
}
