// What an evidence pack says, compared with everything else that it says.

import { base64UrlBytes, isCanonical, jsonObject, Unreadable, type Json } from './encoding'
import type { Problem } from './problems'
import RULES from './rules.json'
import {
  isCount,
  isDay,
  isId,
  isList,
  isPositive,
  isRecord,
  isText,
  maybe,
  need,
  oneOf,
  type Is,
  type Members,
} from './shapes'

const ENDS = ['paused', 'taken_over', 'expired', 'revoked', 'completed']
const KINDS = ['started', 'prompt_opened', 'answered_wrong', 'prompt_confirmed', ...ENDS]
const ANSWERS = ['prompt_confirmed', 'answered_wrong']
/** After these a prompt is on the screen, if one is open. */
const SHOWING = ['started', 'prompt_opened', 'answered_wrong']
const MAX_LEGS = 100_000
const MAC_BYTES = 32
const FIFTY_MINUTES_MS = 3_000_000n
const SHANGHAI_MS = 8 * 3_600_000
/** The end of the year 9999 in Shanghai. */
const LAST_INSTANT_MS = 253_402_271_999_999

export interface Watch {
  watch_id: string
  learner_id: string
  course_id: string
  content_version: string
  basis: string
  number: number
  duration_ms: number
  max_rate: string
  started_at: number
  completed_at: number
  furthest_ms: number
  confirmed: number
}

interface Pins {
  attempt: number
  duration_ms: number
  max_rate: string
  policy_id: string
  prompt_key_id: string
  questions: number
}

interface Leg {
  watch_id: string
  learner_id: string
  course_id: string
  content_version: string
  session_id: string
  number: number
  kind: string
  at: number
  furthest_ms: number
  prompt_index: number | null
  response_ms: number | null
  choice?: number | null
  pins?: Pins | null
  previous_mac: string
  mac: string
}

interface Prompt {
  index: number | null
  position_ms: number | null
  confirmed_at: number
  response_ms: number | null
  wrong_answers?: number
}

interface Rules {
  id: string
  effective_from: string
  source: string
  prompts_per_50_minutes: number
  prompts_minimum: number
  beat_interval_ms: number
  gap_cap_ms: number
  lease_ms: number
  daily_cap_ms: number
  tail_tolerance_ms: number
}

export interface Pack {
  watch: Watch
  policy: Rules
  prompts: Prompt[]
  legs: Leg[]
  head: { legs: number; mac: string }
}

const isInstant: Is = (value) => isCount(value) && (value as number) <= LAST_INSTANT_MS
const isRate: Is = (value) =>
  typeof value === 'string' && /^[12](\.[0-9]{1,2})?$/.test(value) && hundredths(value) <= 200n
const isMac: Is = (value) => {
  try {
    return typeof value === 'string' && base64UrlBytes(value).length === MAC_BYTES
  } catch {
    return false
  }
}
const PACK: Members = {
  format: oneOf('xueshi.evidence/1'),
  watch: isRecord,
  policy: isRecord,
  prompts: isList,
  legs: isList,
  head: isRecord,
}
const IDS: Members = { watch_id: isId, learner_id: isId, course_id: isId, content_version: isId }
const WATCH: Members = {
  ...IDS,
  basis: isText,
  number: isPositive,
  duration_ms: isPositive,
  max_rate: isRate,
  started_at: isInstant,
  completed_at: isInstant,
  furthest_ms: isCount,
  confirmed: isCount,
}
const POLICY: Members = {
  id: isId,
  effective_from: isDay,
  source: isText,
  prompts_per_50_minutes: isCount,
  prompts_minimum: isCount,
  beat_interval_ms: isCount,
  gap_cap_ms: isCount,
  lease_ms: isCount,
  daily_cap_ms: isCount,
  tail_tolerance_ms: isCount,
}
const PROMPT: Members = {
  index: isCount,
  position_ms: isCount,
  confirmed_at: isInstant,
  response_ms: isCount,
  wrong_answers: isCount,
}
const LEG: Members = {
  ...IDS,
  session_id: isId,
  number: isPositive,
  kind: oneOf(...KINDS),
  at: isInstant,
  furthest_ms: isCount,
  prompt_index: maybe(isCount),
  response_ms: maybe(isCount),
  choice: maybe(isCount),
  pins: maybe(isRecord),
  key_id: isId,
  previous_mac: (value) => value === '' || isMac(value),
  mac: isMac,
}
const PINS: Members = {
  attempt: isPositive,
  duration_ms: isPositive,
  max_rate: isRate,
  policy_id: isId,
  prompt_key_id: isId,
  questions: isCount,
  entitlement_id: isText,
}
const HEAD: Members = { legs: isPositive, mac: isMac }

/** The pack in a payload. Throws Unreadable. */
export function readPack(text: string): Pack {
  const pack = need<Pack>(jsonObject(text, 'document'), PACK)
  need(pack.watch, WATCH)
  need(pack.policy, POLICY)
  need(pack.head, HEAD)
  if (pack.legs.length < 1 || pack.legs.length > MAX_LEGS) throw new Unreadable('document', 'legs')
  for (const prompt of pack.prompts) need(prompt, PROMPT, 'document', ['wrong_answers'])
  for (const leg of pack.legs) {
    need(leg, LEG, 'document', ['choice', 'pins'])
    if (leg.pins) need(leg.pins, PINS)
  }
  if (!isCanonical(text, pack)) throw new Unreadable('encoding', 'JSON')
  return pack
}

/** Where the pack disagrees with itself. */
export function packProblems(pack: Pack): Problem[] {
  return [chain, pins, rules, sessions, credit, days, answers, prompts, completion].flatMap((part) => part(pack))
}

function at(code: string, leg: Leg): Problem {
  return { code, detail: `${leg.number}` }
}

/** A decimal text from 1 to 2 in hundredths. */
function hundredths(rate: string): bigint {
  const [whole = '', part = ''] = rate.split('.')
  return BigInt(whole + part.padEnd(2, '0'))
}

/** The civil day of an instant in Asia/Shanghai, where no clock is put forward. */
function dayOf(instant: number): string {
  return new Date(instant + SHANGHAI_MS).toISOString().slice(0, 10)
}

/** Each leg with the one before it; the first has none. */
function withBefore(legs: Leg[]): [Leg | undefined, Leg][] {
  return legs.map((leg, place) => [legs[place - 1], leg])
}

/** One leg after the other, all of this watch, up to the head. */
function chain({ watch, legs, head }: Pack): Problem[] {
  const found = withBefore(legs).flatMap(([before, leg], place) => {
    const follows = leg.number === place + 1 && leg.previous_mac === (before?.mac ?? '')
    const names = ['watch_id', 'learner_id', 'course_id', 'content_version'] as const
    const isOurs = names.every((name) => leg[name] === watch[name])
    return [...(follows ? [] : [at('legs_order', leg)]), ...(isOurs ? [] : [at('leg_foreign', leg)])]
  })
  const isHead = head.legs === legs.length && head.mac === legs.at(-1)?.mac
  return isHead ? found : [...found, { code: 'head' }]
}

/** What each start pinned is what the watch and the policy are, and the same each time. */
function pins({ watch, policy, legs }: Pack): Problem[] {
  const said = [watch.number, watch.duration_ms, watch.max_rate, policy.id]
  const first = legs.find((leg) => leg.pins)?.pins
  return legs.flatMap((leg) => {
    if (!leg.pins) return []
    const { attempt, duration_ms, max_rate, policy_id, prompt_key_id, questions } = leg.pins
    const isSaid = [attempt, duration_ms, max_rate, policy_id].every((value, place) => value === said[place])
    const stays = prompt_key_id === first?.prompt_key_id && questions === first.questions
    return leg.kind === 'started' && isSaid && stays ? [] : [at('leg_pins', leg)]
  })
}

/** The rules that the pack is judged by are published ones; only the words of their source may change. */
function rules({ policy }: Pack): Problem[] {
  const sameId: Json = RULES.rules.find(({ id }) => id === policy.id) ?? {}
  const others = Object.entries(policy).filter(([name, value]) => name !== 'source' && sameId[name] !== value)
  const detail = others.map(([name, value]) => `${name} ${value}`).join(', ')
  return others.length > 0 ? [{ code: 'rules_unknown', detail }] : []
}

/** Each leg is of the session that started last; after its end nothing happens in it. */
function sessions({ legs }: Pack): Problem[] {
  const found: Problem[] = []
  let session = legs[0]?.session_id
  let ended = false
  if (legs[0]?.kind !== 'started' || legs[0].furthest_ms !== 0) found.push({ code: 'session', detail: '1' })
  for (const leg of legs) {
    if (leg.kind === 'started') [session, ended] = [leg.session_id, false]
    else if (leg.session_id !== session || (ended && !['expired', 'revoked'].includes(leg.kind))) {
      found.push(at('session', leg))
    }
    ended ||= ENDS.includes(leg.kind)
  }
  return found
}

/** Credit costs time: a bucket of one gap cap, filled by the time between legs, in hundredths of milliseconds. */
function credit({ watch, policy, legs }: Pack): Problem[] {
  const found: Problem[] = []
  const rate = hundredths(watch.max_rate)
  const most = BigInt(policy.gap_cap_ms) * rate
  let bucket = most
  let [isAsking, isOver] = [false, false]
  for (const [earlier, later] of withBefore(legs)) {
    if (!earlier) continue
    const [gained, elapsed] = [later.furthest_ms - earlier.furthest_ms, later.at - earlier.at]
    if (gained < 0 || elapsed < 0) found.push(at('goes_back', later))
    isAsking = earlier.kind === 'prompt_opened' || (isAsking && earlier.kind !== 'prompt_confirmed')
    isOver = ENDS.includes(earlier.kind) || (isOver && earlier.kind !== 'started')
    const begins = later.kind === 'started'
    const waits = isAsking && !begins
    if (gained > 0 && (waits || isOver || begins)) found.push(at('credit_closed', later))
    const earned = waits ? 0n : BigInt(Math.max(0, elapsed)) * rate
    bucket += earned - BigInt(Math.max(0, gained)) * 100n
    if (bucket < 0n) found.push(at('too_fast', later))
    bucket = bucket < 0n ? 0n : bucket > most ? most : bucket
  }
  return found
}

/** What was surely credited on one day, between legs of that day. */
function days({ policy, legs }: Pack): Problem[] {
  const credited = new Map<string, number>()
  for (const [earlier, later] of withBefore(legs)) {
    const day = dayOf(later.at)
    if (!earlier || dayOf(earlier.at) !== day) continue
    credited.set(day, (credited.get(day) ?? 0) + Math.max(0, later.furthest_ms - earlier.furthest_ms))
  }
  return [...credited].filter(([, sum]) => sum > policy.daily_cap_ms).map(([day]) => ({ code: 'day_cap', detail: day }))
}

/** Prompts open one after the other, and each answer follows what showed its prompt. */
function answers({ legs }: Pack): Problem[] {
  const found: Problem[] = []
  let expected: number | null = null
  let confirmed = 0
  for (const [before, leg] of withBefore(legs)) {
    const opens = leg.kind === 'prompt_opened'
    const isRight = opens ? expected === null : !ANSWERS.includes(leg.kind) || isAnswer(before, leg)
    if (opens) expected = confirmed
    if (!isRight || leg.prompt_index !== expected || !tellsOnlyAnswers(leg)) found.push(at('answers', leg))
    if (leg.kind === 'prompt_confirmed') [expected, confirmed] = [null, confirmed + 1]
  }
  return found
}

function isAnswer(before: Leg | undefined, leg: Leg): boolean {
  if (!before || !SHOWING.includes(before.kind) || before.session_id !== leg.session_id) return false
  const asked = before.kind === 'answered_wrong' || leg.kind === 'answered_wrong'
  const chosen = (leg.choice ?? null) !== null || !asked
  return chosen && leg.response_ms === leg.at - before.at && leg.prompt_index !== null
}

function tellsOnlyAnswers(leg: Leg): boolean {
  return ANSWERS.includes(leg.kind) || (leg.response_ms === null && (leg.choice ?? null) === null)
}

/** The summary is what the legs say, and as many are confirmed as the rules ask. */
function prompts({ watch, policy, legs, prompts: summary }: Pack): Problem[] {
  const said = summary.map((prompt) => figures({ wrong_answers: 0, ...prompt }))
  const isSame = JSON.stringify(said) === JSON.stringify(summarized(legs).map(figures))
  const found: Problem[] = isSame ? [] : [{ code: 'prompts' }]
  const needed = promptsNeeded(watch, policy)
  const confirmed = legs.filter((leg) => leg.kind === 'prompt_confirmed')
  const isWhole = confirmed.length === needed && confirmed.every((leg, place) => leg.prompt_index === place)
  return isWhole ? found : [...found, { code: 'prompts_missing', detail: `${confirmed.length} / ${needed}` }]
}

/** How many prompts the pack's rules ask for. */
export function promptsNeeded(watch: Watch, policy: Rules): number {
  const product = BigInt(policy.prompts_per_50_minutes) * BigInt(watch.duration_ms)
  const byLength = Number((product + FIFTY_MINUTES_MS - 1n) / FIFTY_MINUTES_MS)
  return Math.max(policy.prompts_minimum, byLength)
}

function figures({ index, position_ms, confirmed_at, response_ms, wrong_answers }: Prompt): unknown[] {
  return [index, position_ms, confirmed_at, response_ms, wrong_answers]
}

function summarized(legs: Leg[]): Prompt[] {
  const opened = new Map<number | null, number>()
  const wrong = new Map<number | null, number>()
  for (const leg of legs) {
    if (leg.kind === 'prompt_opened') opened.set(leg.prompt_index, leg.furthest_ms)
    if (leg.kind === 'answered_wrong') wrong.set(leg.prompt_index, (wrong.get(leg.prompt_index) ?? 0) + 1)
  }
  return legs
    .filter((leg) => leg.kind === 'prompt_confirmed')
    .map((leg) => ({
      index: leg.prompt_index,
      position_ms: opened.get(leg.prompt_index) ?? null,
      confirmed_at: leg.at,
      response_ms: leg.response_ms,
      wrong_answers: wrong.get(leg.prompt_index) ?? 0,
    }))
}

/** The watch is what its first and last leg say, covers the lecture, and ends once. */
function completion({ watch, policy, legs }: Pack): Problem[] {
  const [first, last] = [legs[0], legs.at(-1)]
  const ends = legs.filter((leg) => leg.kind === 'completed')
  const confirmed = legs.filter((leg) => leg.kind === 'prompt_confirmed').length
  const totals =
    watch.started_at === first?.at &&
    watch.completed_at === last?.at &&
    watch.furthest_ms === last.furthest_ms &&
    watch.confirmed === confirmed
  const isCovered =
    watch.furthest_ms >= watch.duration_ms - policy.tail_tolerance_ms && watch.furthest_ms <= watch.duration_ms
  const checks: [string, boolean][] = [
    ['completion', ends.length === 1 && ends[0] === last],
    ['totals', totals],
    ['not_covered', isCovered],
    ['policy_date', dayOf(watch.started_at) >= policy.effective_from],
  ]
  return checks.filter(([, holds]) => !holds).map(([code]) => ({ code }))
}
