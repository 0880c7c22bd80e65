// What somebody gives to be checked: files, told apart by what is in them, a text, or a link that carries a document.

import { base64UrlBytes, isObject, type Bytes, type Json } from './encoding'
import { MAX_DOCUMENT_BYTES } from './check'

export type Kind = 'document' | 'keys' | 'policy' | 'proof' | 'checkpoint'

/** A file's content with the name by which its verdict is known; what was pasted has none. */
export interface Named {
  name: string
  content: Bytes
}

/** What is given to judge by, and the documents to be judged. */
export interface Given {
  documents: Named[]
  checkpoints: Bytes[]
  keys?: Bytes
  policy?: Bytes
  proof?: Bytes
}

/** A certificate's number, as it is printed or in the link of its QR code. */
const CODE = /^(?:https?:\/\/\S+\/verify\/)?((?:[0-9A-Za-z]{4}-?){7})$/
const CARRIED = /#([A-Za-z0-9_-]{40,})$/

/** What a file is. What is nothing else counts as a document: then its verdict says that it cannot be read. */
export function kindOf(content: Bytes): Kind {
  const text = new TextDecoder().decode(content.subarray(0, MAX_DOCUMENT_BYTES))
  if (text.startsWith('c2sp.org/tlog-proof@')) return 'proof'
  if (/^\s*[{[]/.test(text)) return isKeys(text) ? 'keys' : 'document'
  if (/^[ \t]*(?:log|witness|group|quorum)[ \t]/m.test(text)) return 'policy'
  return /^\u2014 /m.test(text) ? 'checkpoint' : 'document'
}

function isKeys(text: string): boolean {
  return Array.isArray(membersOf(text).keys)
}

/** Whether a document has its proof with it. */
export function bringsProof(content: Bytes): boolean {
  return typeof membersOf(new TextDecoder().decode(content)).proof === 'string'
}

function membersOf(text: string): Json {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** Some files by what they are; of keys, policies and proofs only one can count, and null says that there are two. */
export function sorted(files: Named[]): Given | null {
  const of = (kind: Kind): Named[] => files.filter(({ content }) => kindOf(content) === kind)
  const single = (['keys', 'policy', 'proof'] as const).map((kind) => [kind, of(kind)] as const)
  if (single.some(([, found]) => found.length > 1)) return null
  const one = single.flatMap(([kind, [found]]) => (found ? [[kind, found.content]] : []))
  const checkpoints = of('checkpoint').map(({ content }) => content)
  return { documents: of('document'), checkpoints, ...(Object.fromEntries(one) as Partial<Given>) }
}

/** What is given after more came. A new document takes neither an older one's place beside it nor its proof. */
export function joinedBy(before: Given, more: Given): Given {
  const { proof, ...kept } = before
  const isNew = more.documents.length > 0
  const documents = isNew ? more.documents : before.documents
  const checkpoints = more.checkpoints.length > 0 ? more.checkpoints : before.checkpoints
  return { ...kept, ...(!isNew && proof && { proof }), ...more, documents, checkpoints }
}

/** A file with no more of its content than shows that it is too large. */
export async function namedOf(file: File): Promise<Named> {
  return { name: file.name, content: await contentOf(file) }
}

export async function contentOf(file: Blob): Promise<Bytes> {
  return new Uint8Array(await file.slice(0, MAX_DOCUMENT_BYTES + 1).arrayBuffer())
}

/**
 * The document that a link carries behind its `#`, which no browser sends; null where it carries none. Whatever a link
 * carries counts as a document: whoever made the link chooses what is judged, never by which keys or witnesses.
 */
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
