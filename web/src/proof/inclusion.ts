// Proofs that something is in a log (C2SP tlog-proof), and what a policy says to them.

import { bytesOf, isSame, numberOf, sha256, Unreadable, type Bytes } from './encoding'
import { cosignedAt, hashOf, isSignedBy, readNote, signaturesBy, type Note } from './notes'
import { isQuorum, type Policy } from './policies'
import type { Problem } from './problems'

const HEADER = 'c2sp.org/tlog-proof@v1'
const MAX_PROOF_BYTES = 64 * 1024
const MAX_HASHES = 63
/** How far a witness's clock and the server's may differ. */
const CLOCKS_MS = 300_000
/** How long something may wait to be logged without a doubt. */
const PATIENCE_MS = 2 * 24 * 3_600_000
const LEAF = new Uint8Array([0])
const NODE = new Uint8Array([1])

export interface Proof {
  index: bigint
  hashes: Bytes[]
  note: Note
}

/** What a policy says to a checkpoint: what is wrong, and which witness saw it when (seconds since 1970). */
export interface Seen {
  problems: Problem[]
  cosignedAt: [name: string, at: number][]
}

/** The proof in a text. Throws Unreadable. */
export function readProof(text: string): Proof {
  if (bytesOf(text).length > MAX_PROOF_BYTES) throw new Unreadable('proof', 'size')
  const gap = text.indexOf('\n\n')
  const [header, index = '', ...hashes] = text.slice(0, Math.max(0, gap)).split('\n')
  if (header !== HEADER || !index.startsWith('index ') || hashes.length > MAX_HASHES) throw new Unreadable('proof')
  return {
    index: numberOf(index.slice('index '.length), 'proof'),
    hashes: hashes.map(hashOf),
    note: readNote(text.slice(gap + 2)),
  }
}

/** Whether a log of the policy signed a checkpoint and enough witnesses cosigned it. */
export async function seenBy(note: Note, policy: Policy): Promise<Seen> {
  const logs = policy.logs.filter((key) => key.name === note.origin && signaturesBy(note, key).length > 0)
  if (logs.length === 0) return refused('log_unknown', note.origin)
  const signed = await Promise.all(logs.map((key) => isSignedBy(note, key)))
  if (!signed.every(Boolean)) return refused('log_signature', note.origin)
  const seen: [string, number][] = []
  for (const [name, key] of policy.witnesses) {
    if (signaturesBy(note, key).length === 0) continue
    const at = await cosignedAt(note, key)
    if (at === null) return refused('cosignature', name)
    seen.push([name, at])
  }
  const names = seen.map(([name]) => name)
  if (!isQuorum(policy, names)) return { ...refused('not_cosigned', names.join(', ')), cosignedAt: seen }
  return { problems: [], cosignedAt: seen }
}

function refused(code: string, detail: string): Seen {
  return { problems: [{ code, detail: detail.slice(0, 60) }], cosignedAt: [] }
}

/** Why a checkpoint that was accepted does not show the entry, or not then (milliseconds since 1970). */
export async function inclusionProblems(proof: Proof, entry: Bytes, seen: Seen, madeAt: number): Promise<Problem[]> {
  const early = seen.cosignedAt.filter(([, at]) => at * 1000 < madeAt - CLOCKS_MS).map(([name]) => name)
  const problems: Problem[] =
    early.length > 0 ? [{ code: 'cosigned_early', detail: early.join(', ').slice(0, 60) }] : []
  const root = await rootOf(proof, entry)
  return root !== null && isSame(root, proof.note.root) ? problems : [...problems, { code: 'not_included' }]
}

/** A checkpoint that somebody kept. Throws Unreadable. */
export function readCheckpoint(text: string): Note {
  try {
    return readNote(text)
  } catch (thrown) {
    throw thrown instanceof Unreadable ? new Unreadable('checkpoint', thrown.detail) : thrown
  }
}

/** What kept checkpoints say against a document that was made then (milliseconds since 1970), or against its log. */
export async function keptProblems(
  proof: Proof,
  seen: Seen,
  kept: Note[],
  policy: Policy,
  madeAt: number,
): Promise<Problem[]> {
  const found: Problem[] = []
  const known = [{ note: proof.note, seen }]
  for (const note of kept) {
    const its = await seenBy(note, policy)
    const [denied] = its.problems
    if (denied || note.origin !== proof.note.origin)
      found.push({ code: 'checkpoint_denied', detail: denied?.code ?? '' })
    else if (its.cosignedAt.length === 0) found.push({ code: 'checkpoint_undated' })
    else {
      known.push({ note, seen: its })
      const last = Math.max(...its.cosignedAt.map(([, at]) => at))
      if (proof.index >= note.size && last * 1000 - madeAt > PATIENCE_MS) found.push({ code: 'backdated' })
    }
  }
  const isForked = known.some((one, place) => known.slice(place + 1).some((other) => contradict(one, other)))
  return isForked ? [...found, { code: 'forked' }] : found
}

type Known = { note: Note; seen: Seen }

/** Whether two checkpoints of a log cannot both be: a witness that saw the larger tree never cosigns the smaller. */
function contradict(one: Known, other: Known): boolean {
  if (one.note.size === other.note.size) return !isSame(one.note.root, other.note.root)
  const [small, large] = one.note.size < other.note.size ? [one, other] : [other, one]
  const later = new Map(large.seen.cosignedAt)
  return small.seen.cosignedAt.some(([name, at]) => at > (later.get(name) ?? Infinity))
}

/** The root that a proof leads to (RFC 9162, 2.1.3.2); null where it has too few or too many hashes. */
async function rootOf({ index, hashes, note }: Proof, entry: Bytes): Promise<Bytes | null> {
  if (index >= note.size) return null
  let [place, last, found] = [index, note.size - 1n, await sha256(LEAF, entry)]
  for (const hash of hashes) {
    if (last === 0n) return null
    if (place % 2n === 1n || place === last) {
      found = await sha256(NODE, hash, found)
      while (place % 2n === 0n && place > 0n) [place, last] = [place >> 1n, last >> 1n]
    } else {
      found = await sha256(NODE, found, hash)
    }
    ;[place, last] = [place >> 1n, last >> 1n]
  }
  return last === 0n ? found : null
}
