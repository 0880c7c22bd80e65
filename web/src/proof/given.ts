// What somebody gives to be checked: files, told apart by what is in them, a text, or a link that carries a file.

import { base64UrlBytes, isObject, type Bytes } from './encoding'
import { MAX_DOCUMENT_BYTES } from './check'

export type Kind = 'document' | 'keys' | 'policy' | 'proof'
export type Given = Partial<Record<Kind, Bytes>>

/** A certificate's number, as it is printed or in the link of its QR code. */
const CODE = /^(?:https?:\/\/\S+\/verify\/)?((?:[0-9A-Za-z]{4}-?){7})$/
const CARRIED = /#([A-Za-z0-9_-]{40,})$/

/** What a file is. */
export function kindOf(content: Bytes): Kind {
  const text = new TextDecoder().decode(content.subarray(0, MAX_DOCUMENT_BYTES))
  if (text.startsWith('c2sp.org/tlog-proof@')) return 'proof'
  if (/^(?:log|witness|quorum)[ \t]/m.test(text) && !text.trimStart().startsWith('{')) return 'policy'
  return isKeys(text) ? 'keys' : 'document'
}

function isKeys(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) && Array.isArray(value.keys)
  } catch {
    return false
  }
}

/** A file's content, but no more of it than shows that it is too large. */
export async function contentOf(file: Blob): Promise<Bytes> {
  return new Uint8Array(await file.slice(0, MAX_DOCUMENT_BYTES + 1).arrayBuffer())
}

/** The file that a link carries behind its `#`, which no browser sends; null where it carries none. */
export function carried(link: string): Bytes | null {
  const [, text] = CARRIED.exec(link.trim()) ?? []
  try {
    return text ? base64UrlBytes(text) : null
  } catch {
    return null
  }
}

/** The number of the certificate in a text; null where there is none. */
export function codeIn(text: string): string | null {
  return CODE.exec(text.trim())?.[1] ?? null
}
