// The whole check of a file, by keys and a policy that the reader trusts. Nothing leaves the browser: this imports
// nothing that could ask or tell anybody anything. Written from docs/evidence-format.md, not from the services' code.

import { bytesOf, isObject, jsonObject, sha256, textOf, Unreadable, type Bytes, type Json } from './encoding'
import { inclusionProblems, keptProblems, readCheckpoint, readProof, seenBy, type Proof } from './inclusion'
import { MAX_NOTE_BYTES } from './notes'
import { packProblems, readPack, type Pack } from './packs'
import { readPolicy } from './policies'
import type { Problem } from './problems'
import { isRecord, isText, need, oneOf } from './shapes'
import { readKeys, readSigned, signatureProblems } from './signatures'
import { readStatement, statementProblems, type Statement } from './statements'

const BUNDLE = 'xueshi.bundle/1'
const STATEMENT = 'xueshi.certificate/1'
export const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024
const MAX_PROOF_BYTES = 64 * 1024

export interface Files {
  document: Bytes
  policy: Bytes
  /** The published keys; a certificate needs none. */
  keys?: Bytes
  /** The proof, where the document does not bring it. */
  proof?: Bytes
  /** Checkpoints of the log, kept on other days. */
  checkpoints?: Bytes[]
}

export interface Result {
  verdict: 'accepted' | 'refused' | 'unreadable'
  problems: Problem[]
  pack?: Pack
  statement?: Statement
  keyId?: string
  proof?: Proof
  cosignedAt: [name: string, at: number][]
}

interface Document {
  pack?: Json
  statement?: string
  proof: string
}

/** Checks a document with everything that is given. Throws Unsupported and nothing else. */
export async function check(files: Files): Promise<Result> {
  try {
    const document = documentOf(files)
    return document.statement === undefined
      ? await ofPack(files, document)
      : await ofStatement(files, document, document.statement)
  } catch (thrown) {
    if (!(thrown instanceof Unreadable)) throw thrown
    return { verdict: 'unreadable', problems: [{ code: thrown.code, detail: thrown.detail }], cosignedAt: [] }
  }
}

function documentOf(files: Files): Document {
  const text = textOf(files.document, MAX_DOCUMENT_BYTES, 'document')
  const value = jsonObject(text, 'document')
  const outside = files.proof && textOf(files.proof, MAX_PROOF_BYTES, 'proof')
  if (value.format === BUNDLE) {
    const isProof = (proof: unknown): boolean => typeof proof === 'string'
    const members = { format: oneOf(BUNDLE), proof: isProof, pack: isRecord, statement: isText }
    const bundle = need<Document>(value, members, 'document', ['pack', 'statement'])
    if (isObject(bundle.pack) === (bundle.statement !== undefined)) throw new Unreadable('document', 'bundle')
    return { ...bundle, proof: outside ?? bundle.proof }
  }
  if (outside === undefined) throw new Unreadable('proof_missing')
  return value.format === STATEMENT ? { statement: text, proof: outside } : { pack: value, proof: outside }
}

async function ofPack(files: Files, document: Document): Promise<Result> {
  const signed = await readSigned(document.pack)
  const pack = readPack(signed.payload)
  if (!files.keys) throw new Unreadable('keys')
  const problems = [...(await signatureProblems(signed, readKeys(files.keys))), ...packProblems(pack)]
  const logged = await inLog(files, document.proof, signed.entry, pack.watch.completed_at)
  return { ...result(problems, logged), pack, keyId: signed.keyId }
}

async function ofStatement(files: Files, document: Document, text: string): Promise<Result> {
  const statement = readStatement(text)
  const entry = await sha256(bytesOf(text))
  const logged = await inLog(files, document.proof, entry, Date.parse(statement.issued_at))
  return { ...result(statementProblems(statement), logged), statement }
}

type Logged = Pick<Result, 'problems' | 'proof' | 'cosignedAt'>

async function inLog(files: Files, text: string, entry: Bytes, madeAt: number): Promise<Logged> {
  const policy = await readPolicy(files.policy)
  const proof = readProof(text)
  const kept = (files.checkpoints ?? []).map((content) => readCheckpoint(textOf(content, MAX_NOTE_BYTES, 'checkpoint')))
  const seen = await seenBy(proof.note, policy)
  const logged = { proof, cosignedAt: seen.cosignedAt }
  if (seen.problems.length > 0) return { ...logged, problems: seen.problems }
  const problems = await inclusionProblems(proof, entry, seen, madeAt)
  return { ...logged, problems: [...problems, ...(await keptProblems(proof, seen, kept, policy, madeAt))] }
}

function result(problems: Problem[], logged: Logged): Result {
  const all = [...problems, ...logged.problems]
  return { ...logged, problems: all, verdict: all.length > 0 ? 'refused' : 'accepted' }
}
