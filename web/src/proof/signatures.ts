// The signature of a pack: a JWS of ES256, by a key of a published set.

import {
  base64UrlBytes,
  base64UrlText,
  bytesOf,
  isCanonical,
  isObject,
  jsonObject,
  numberOfBytes,
  sha256,
  textOf,
  Unreadable,
  type Bytes,
  type Json,
} from './encoding'
import type { Problem } from './problems'
import { isAscii, isId, isText, need } from './shapes'

const ALGORITHM = 'ES256'
const NUMBER_BYTES = 32
/** Of the group of P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const MAX_KEYS_BYTES = 64 * 1024
const MAX_HEADER_BYTES = 4 * 1024
const MAX_PACK_BYTES = 8 * 1024 * 1024
const USE: Json = { kty: 'EC', crv: 'P-256', alg: ALGORITHM, use: 'sig' }

interface Flattened {
  payload: string
  protected: string
  signature: string
}

/** A pack whose form is right; its signature is not checked. `entry` is what the log has of it. */
export interface SignedPack {
  algorithm: string
  keyId: string
  message: Bytes
  payload: string
  signature: Bytes
  entry: Bytes
}

/** The signed pack in a flattened JWS. Throws Unreadable. */
export async function readSigned(value: unknown): Promise<SignedPack> {
  const jws = need<Flattened>(value, { payload: isAscii, protected: isAscii, signature: isAscii })
  const headerText = textOf(base64UrlBytes(jws.protected), MAX_HEADER_BYTES, 'encoding')
  const header = need<{ alg: string; kid: string }>(
    jsonObject(headerText, 'encoding'),
    { alg: isId, kid: isId },
    'encoding',
  )
  if (!isCanonical(headerText, header)) throw new Unreadable('encoding', 'header')
  const payload = textOf(base64UrlBytes(jws.payload), MAX_PACK_BYTES, 'document')
  const signature = base64UrlBytes(jws.signature)
  if (header.alg === ALGORITHM && !isTwoNumbers(signature)) throw new Unreadable('encoding', 'signature')
  const signed = `${jws.protected}.${jws.payload}`
  const entry = await sha256(bytesOf(`${signed}.${jws.signature}`))
  return { algorithm: header.alg, keyId: header.kid, message: bytesOf(signed), payload, signature, entry }
}

function isTwoNumbers(signature: Bytes): boolean {
  const halves = [signature.slice(0, NUMBER_BYTES), signature.slice(NUMBER_BYTES)].map(numberOfBytes)
  return signature.length === 2 * NUMBER_BYTES && halves.every((number) => number > 0n && number < ORDER)
}

/** The keys of a JWK set, whatever they are for. Throws Unreadable. */
export function readKeys(content: Bytes): Json[] {
  const { keys } = jsonObject(textOf(content, MAX_KEYS_BYTES, 'keys'), 'keys')
  if (!Array.isArray(keys) || !keys.every((key) => isObject(key) && isText(key.kid))) throw new Unreadable('keys')
  const found = keys as Json[]
  if (found.some((key) => Object.hasOwn(key, 'd'))) throw new Unreadable('keys', 'private key')
  if (new Set(found.map((key) => key.kid)).size !== found.length) throw new Unreadable('keys', 'kid')
  return found
}

/** What is wrong with the signature. Throws Unreadable where the key that it names is broken. */
export async function signatureProblems(signed: SignedPack, keys: Json[]): Promise<Problem[]> {
  if (signed.algorithm !== ALGORITHM) return [{ code: 'key_use', detail: signed.algorithm.slice(0, 20) }]
  const key = keys.find((each) => each.kid === signed.keyId)
  if (!key) return [{ code: 'key_unknown', detail: signed.keyId.slice(0, 60) }]
  if (Object.entries(USE).some(([name, value]) => key[name] !== value)) return [{ code: 'key_use' }]
  const how = { name: 'ECDSA', hash: 'SHA-256' }
  const isRight = await crypto.subtle.verify(how, await publicKey(key), signed.signature, signed.message)
  return isRight ? [] : [{ code: 'signature' }]
}

async function publicKey(key: Json): Promise<CryptoKey> {
  const { x, y } = { x: coordinate(key.x), y: coordinate(key.y) }
  const thumbprint = await sha256(bytesOf(`{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`))
  if (base64UrlText(thumbprint) !== key.kid) throw new Unreadable('keys', 'kid')
  const jwk = { kty: 'EC', crv: 'P-256', x, y }
  return crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']).catch(() => {
    throw new Unreadable('keys', 'P-256')
  })
}

function coordinate(value: unknown): string {
  const isRight = isAscii(value) && base64UrlBytes(value as string, 'keys').length === NUMBER_BYTES
  if (!isRight) throw new Unreadable('keys', 'coordinate')
  return value as string
}
