// Policies (C2SP tlog-policy): which logs and witnesses are trusted, and how many of them must have seen a tree.

import { isSame, numberOf, textOf, Unreadable, type Bytes } from './encoding'
import { LOG, readKey, WITNESS, type Key } from './notes'

const MAX_POLICY_BYTES = 64 * 1024
const NONE = 'none'

interface Group {
  needed: number
  members: string[]
}

export interface Policy {
  logs: Key[]
  witnesses: Map<string, Key>
  /** In the order in which they were defined: after their members. */
  groups: Map<string, Group>
  quorum: string
}

/** Whether these witnesses are enough. */
export function isQuorum(policy: Policy, names: Iterable<string>): boolean {
  const met = new Set(names)
  for (const [name, { needed, members }] of policy.groups) {
    if (members.filter((member) => met.has(member)).length >= needed) met.add(name)
  }
  return policy.quorum === NONE || met.has(policy.quorum)
}

/** The policy in a file. Throws Unreadable, Unsupported. */
export async function readPolicy(content: Bytes): Promise<Policy> {
  const text = textOf(content, MAX_POLICY_BYTES, 'policy')
  if (/[\0-\x08\x0b-\x1f\x7f]/.test(text)) throw new Unreadable('policy', 'control characters')
  const draft = new Draft()
  for (const line of text.split('\n')) {
    const [kind, ...parts] = line.split(/[ \t]+/).filter((part) => part !== '')
    if (kind !== undefined && !kind.startsWith('#')) await draft.read(kind, parts)
  }
  return draft.finished()
}

class Draft {
  private readonly logs: Key[] = []
  private readonly witnesses = new Map<string, Key>()
  private readonly groups = new Map<string, Group>()
  private readonly quorums: string[] = []
  private readonly members = new Set<string>()

  async read(kind: string, parts: string[]): Promise<void> {
    const [first = '', second = ''] = parts
    const counts: Record<string, [number, number]> = {
      log: [1, 2],
      witness: [2, 3],
      group: [3, Infinity],
      quorum: [1, 1],
    }
    const [least, most] = (Object.hasOwn(counts, kind) && counts[kind]) || [Infinity, 0]
    if (parts.length < least || parts.length > most) throw new Unreadable('policy', 'line')
    if (kind === 'log') this.logs.push(await newKey(first, LOG, this.logs))
    if (kind === 'witness') {
      this.requireNew(first)
      this.witnesses.set(first, await newKey(second, WITNESS, [...this.witnesses.values()]))
    }
    if (kind === 'group') this.group(first, second, parts.slice(2))
    if (kind === 'quorum') {
      this.requireKnown(parts.filter((name) => name !== NONE))
      this.quorums.push(first)
    }
  }

  finished(): Policy {
    const [quorum, ...more] = this.quorums
    if (quorum === undefined || more.length > 0) throw new Unreadable('policy', 'quorum')
    return { logs: this.logs, witnesses: this.witnesses, groups: this.groups, quorum }
  }

  private group(name: string, needed: string, members: string[]): void {
    this.requireNew(name)
    this.requireKnown(members)
    if (new Set(members).size !== members.length || members.some((member) => this.members.has(member))) {
      throw new Unreadable('policy', 'member')
    }
    const words: Record<string, number> = { any: 1, all: members.length }
    const count = Object.hasOwn(words, needed) ? (words[needed] ?? 0) : Number(numberOf(needed, 'policy'))
    if (count < 1 || count > members.length) throw new Unreadable('policy', 'group')
    members.forEach((member) => this.members.add(member))
    this.groups.set(name, { needed: count, members })
  }

  private requireNew(name: string): void {
    if (name === NONE || this.isKnown(name)) throw new Unreadable('policy', 'name')
  }

  private requireKnown(names: string[]): void {
    if (!names.every((name) => this.isKnown(name))) throw new Unreadable('policy', 'name')
  }

  private isKnown(name: string): boolean {
    return this.witnesses.has(name) || this.groups.has(name)
  }
}

async function newKey(text: string, use: number, there: Key[]): Promise<Key> {
  const key = await readKey(text, use)
  if (there.some((other) => isSame(other.raw, key.raw))) throw new Unreadable('policy', 'key')
  return key
}
