// The player's side of the protocol as a pure function: (model, event, now) -> (model, effects).
// Times are milliseconds: positions of the lecture, and instants of a clock that never goes back.
//
// One request is under way at a time, because every answer brings the token for the next one. A request without an
// answer is sent again as it was. The server decides what is credited; this machine only keeps the learner from
// watching what will not count: it never plays further than one gap cap beyond the credited point. Credit that falls
// behind is waited for, as it grows with time: what was watched is not watched again.

import type { Outcome, Refusal, Request, WatchState } from './protocol.js'

/** Credit may fall this far behind without a word: the next beat makes up for it. */
const LAG_TOLERANCE_MS = 1_000
/** Credit that is waited for is asked about no more often than this. */
const WAIT_MS = 1_000
/** A player that was silent for longer says so at once when it plays on, to learn early that its session ended. */
const SILENCE_MS = 5_000
/** How much play may run ahead of the clock, because media time and clock are not read at the same instant. */
const JITTER_MS = 500
/** The picture may be this far beyond the frontier without being moved back. The frontier itself does not give way. */
const SLACK_MS = 100
/** An entitlement reaches the playback service a moment after it was granted. */
const ENTITLEMENT_WAIT_MS = 20_000
const ENTITLEMENT_POLL_MS = 1_500
const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 15_000]
/** How long an answer is awaited before the same request is sent again; a start may meet a function that is cold. */
const WAITS_MS = [8_000, 15_000, 30_000]
const WAIT_FOR_START_MS = 30_000
/** Sessions that end at once, or answers that credit nothing, this often in a row mean that going on is useless. */
const ATTEMPTS_IN_A_ROW = 3

/** The session that is live is this player's own, so nobody has to be asked before it is replaced. */
const OWN_SESSION = ['TOKEN_STALE', 'NO_OPEN_PROMPT', 'NONCE_WRONG']
/** What may pass when news of a purchase arrives: a first one, or one after a refund. */
const NOT_YET = ['NOT_ENTITLED', 'ENTITLEMENT_REVOKED']
const SESSION_ENDED = [...OWN_SESSION, 'TOKEN_INVALID', 'LEASE_EXPIRED']

export type Phase =
  | 'closed'
  | 'opening'
  /** Another device has the session; the learner is asked whether to go on here. */
  | 'takeover'
  | 'open'
  /** Another device took the session over. */
  | 'superseded'
  /** The service will not go on; `problem` says why. */
  | 'refused'
  | 'completed'

/** Why the player stopped by itself. */
export type Halt = 'gap' | 'lag' | 'day' | 'media' | 'blocked'

/** The request under way. */
export interface Call {
  id: number
  request: Request
  firstSentAt: number
  failures: number
  /** When to send it again; null while an answer is awaited. */
  retryAt: number | null
  /** Waiting for an entitlement that was granted a moment ago. */
  waiting: boolean
}

/** How long this call's answer is awaited. */
export function patienceMs({ request, failures }: Call): number {
  if (request.kind === 'start') return WAIT_FOR_START_MS
  return WAITS_MS[Math.min(failures, WAITS_MS.length - 1)] ?? 0
}

export interface Model<P extends Refusal = Refusal> {
  phase: Phase
  watch: WatchState | null
  /** Whether the session can still carry calls: a pause and the completion give it back. */
  leased: boolean
  /** What the learner asked for, and what the media element was told. */
  wantsPlay: boolean
  playing: boolean
  position: number
  /** Everything before it is credited or was played without a break: the seek bar goes no further. */
  frontier: number
  /** Real time, at the highest rate allowed, that play has not used up yet. */
  budget: number
  tickedAt: number | null
  call: Call | null
  wants: {
    start: false | { takeOver: boolean }
    confirm: false | { choice: number | null }
    pause: boolean
    beat: boolean
  }
  answeredAt: number
  /** Where the learner asked to begin. */
  startAt: number | null
  /** Begin anew though the lecture was completed, as a later period needs; until a session has started. */
  newAttempt: boolean
  /** Orders says that the learner has the course: playback will learn of it in a moment. */
  entitled: boolean
  atEnd: boolean
  halt: Halt | null
  problem: P | null
  /** Sessions started again, and answers that credited nothing of what was played, without success in between. */
  restarts: number
  lags: number
  calls: number
}

export type Event<P extends Refusal = Refusal> =
  | { type: 'open'; startAt?: number | undefined; newAttempt?: boolean; entitled?: boolean }
  | { type: 'play' }
  | { type: 'pause' }
  | { type: 'seek'; to: number }
  /** The media element's position, told several times a second and whenever it jumps. */
  | { type: 'tick'; position: number }
  | { type: 'ended'; position: number }
  | { type: 'blocked' }
  | { type: 'mediaFailed' }
  | { type: 'confirm'; choice?: number | undefined }
  | { type: 'takeOver' }
  /** The page is going out of sight: save now. `leaving`: it may not come back. */
  | { type: 'hidden'; leaving: boolean }
  | { type: 'retryNow' }
  | { type: 'answer'; callId: number; outcome: Outcome<P>; random: number }

export type Effect =
  | { type: 'send'; call: Call }
  | { type: 'load'; url: string }
  | { type: 'play' }
  | { type: 'pause' }
  | { type: 'seek'; to: number }

export function initial<P extends Refusal = Refusal>(): Model<P> {
  return {
    phase: 'closed',
    watch: null,
    leased: false,
    wantsPlay: false,
    playing: false,
    position: 0,
    frontier: 0,
    budget: JITTER_MS,
    tickedAt: null,
    call: null,
    wants: { start: false, confirm: false, pause: false, beat: false },
    answeredAt: 0,
    startAt: null,
    newAttempt: false,
    entitled: false,
    atEnd: false,
    halt: null,
    problem: null,
    restarts: 0,
    lags: 0,
    calls: 0,
  }
}

/** Play that no answer has credited yet. */
export function unsavedMs(model: Model<Refusal>): number {
  return model.watch === null ? 0 : Math.max(0, model.frontier - model.watch.furthest_ms)
}

/** Whether requests go unanswered. */
export function isOffline(model: Model<Refusal>): boolean {
  return model.call !== null && model.call.failures > 0
}

/** Where the next event leads. `key` is a fresh idempotency key, used if this event starts a session. */
export function step<P extends Refusal>(
  before: Model<P>,
  event: Event<P>,
  now: number,
  key: string,
): [Model<P>, Effect[]] {
  const model: Model<P> = { ...before, wants: { ...before.wants } }
  const effects: Effect[] = []
  react(model, event, now, effects)
  send(model, now, key, effects)
  return [model, effects]
}

function react<P extends Refusal>(model: Model<P>, event: Event<P>, now: number, effects: Effect[]): void {
  switch (event.type) {
    case 'open':
      model.entitled = event.entitled ?? model.entitled
      model.newAttempt = event.newAttempt ?? model.newAttempt
      return open(model, event.startAt ?? null)
    case 'play':
      return play(model, now, effects)
    case 'pause':
      return pause(model, effects)
    case 'seek':
      model.atEnd = false
      return moveTo(model, Math.max(0, event.to), effects)
    case 'tick':
      return tick(model, event.position, now, effects)
    case 'ended':
      return ended(model, event.position, now, effects)
    case 'blocked':
      return halt(model, 'blocked', effects)
    case 'mediaFailed':
      return halt(model, 'media', effects)
    case 'confirm':
      return confirm(model, event.choice ?? null, now)
    case 'takeOver':
      return takeOver(model)
    case 'hidden':
      return hidden(model, event.leaving, now, effects)
    case 'retryNow':
      return retryNow(model, now)
    case 'answer':
      return answer(model, event, now, effects)
  }
}

// What the learner and the media element do

function open<P extends Refusal>(model: Model<P>, startAt: number | null): void {
  if (model.phase !== 'closed' && model.phase !== 'refused') return
  // The lecture waits for a first tap: the rules are announced before, and browsers want one.
  Object.assign(model, { phase: 'opening', problem: null, wantsPlay: false, startAt, restarts: 0, lags: 0 })
  model.wants.start = { takeOver: false }
}

function takeOver<P extends Refusal>(model: Model<P>): void {
  if (model.phase !== 'takeover' && model.phase !== 'superseded') return
  // Whatever was played here without being saved belongs to the past.
  Object.assign(model, { phase: 'opening', problem: null, wantsPlay: true, frontier: 0, restarts: 0, lags: 0 })
  model.wants.start = { takeOver: true }
}

function play<P extends Refusal>(model: Model<P>, now: number, effects: Effect[]): void {
  model.wantsPlay = true
  model.wants.pause = false
  if (model.phase === 'completed') {
    // Watched again it earns nothing, and needs a session all the same: its files open to no other.
    const last = model.call?.request.kind
    if (last === 'pause' || (!model.leased && last !== 'start')) model.wants.start = { takeOver: false }
    return setPlaying(model, true, effects)
  }
  if (model.phase !== 'open' || model.watch === null || model.watch.prompt !== null) {
    return setPlaying(model, false, effects)
  }
  if (model.halt === 'gap') {
    retryNow(model, now)
    return setPlaying(model, false, effects)
  }
  // Played on from its end, the media would begin anew; what is waited for there comes by itself.
  if (model.atEnd && unsavedMs(model) > 0) return setPlaying(model, false, effects)
  model.halt = null
  model.lags = 0
  if (model.leased && now - model.answeredAt > SILENCE_MS) model.wants.beat = true
  setPlaying(model, true, effects)
}

function pause<P extends Refusal>(model: Model<P>, effects: Effect[]): void {
  model.wantsPlay = false
  if (!model.playing) return
  setPlaying(model, false, effects)
  if (!model.watch?.prompt) giveBack(model)
}

/** Saves, and lets go of the session: another course or device need not ask for it. */
function giveBack<P extends Refusal>(model: Model<P>): void {
  if (model.leased && goesOn(model)) model.wants.pause = true
}

/** Whether the session carries calls beside those that start it. */
function goesOn<P extends Refusal>(model: Model<P>): boolean {
  return model.phase === 'open' || model.phase === 'completed'
}

function hidden<P extends Refusal>(model: Model<P>, leaving: boolean, now: number, effects: Effect[]): void {
  // A page out of sight may run no more: what waits to be sent again is not kept for later.
  retryNow(model, now)
  if (leaving) {
    pause(model, effects)
    return giveBack(model)
  }
  if (model.playing && unsavedMs(model) > 0) model.wants.beat = true
}

function confirm<P extends Refusal>(model: Model<P>, choice: number | null, now: number): void {
  if (!model.watch?.prompt) return
  model.wantsPlay = true
  model.wants.confirm = { choice }
  retryNow(model, now)
}

function retryNow<P extends Refusal>(model: Model<P>, now: number): void {
  if (model.call !== null && model.call.retryAt !== null) model.call = { ...model.call, retryAt: now }
}

function tick<P extends Refusal>(model: Model<P>, position: number, now: number, effects: Effect[]): void {
  const elapsed = model.tickedAt === null ? 0 : now - model.tickedAt
  model.tickedAt = now
  model.position = position
  if (model.watch === null || model.phase === 'completed') return
  if (!model.playing) {
    if (position > model.frontier + SLACK_MS) moveTo(model, model.frontier, effects)
    return
  }
  model.budget += elapsed * Number(model.watch.max_rate)
  const cap = model.watch.furthest_ms + model.watch.gap_cap_ms
  const played = Math.max(0, Math.min(position - model.frontier, model.budget, cap - model.frontier))
  model.frontier += played
  model.budget = Math.min(model.budget - played, JITTER_MS)
  if (position > model.frontier + SLACK_MS) moveTo(model, model.frontier, effects)
  if (model.frontier < cap) return
  halt(model, 'gap', effects)
  model.wants.beat = model.call === null
}

function ended<P extends Refusal>(model: Model<P>, position: number, now: number, effects: Effect[]): void {
  tick(model, position, now, effects)
  // A script that jumps to the end ends the media too; play goes on where the tick put it.
  const jumped = model.phase === 'open' && position > model.frontier + SLACK_MS
  if (jumped) return setPlaying(model, model.playing, effects)
  model.playing = false
  if (model.phase !== 'open') return giveBack(model)
  model.atEnd = true
  model.wants.beat = true
}

// What the service answers

function answer<P extends Refusal>(
  model: Model<P>,
  event: Extract<Event<P>, { type: 'answer' }>,
  now: number,
  effects: Effect[],
): void {
  const call = model.call
  if (call === null || call.id !== event.callId) return
  if (event.outcome.kind === 'unanswered') return failed(model, call, event.random, now)
  if (event.outcome.kind === 'refused') return refused(model, call, event.outcome.problem, event.random, now, effects)
  model.call = null
  model.answeredAt = now
  model.problem = null
  accepted(model, call, event.outcome.state, effects)
}

function failed<P extends Refusal>(model: Model<P>, call: Call, random: number, now: number): void {
  const wait = BACKOFF_MS[Math.min(call.failures, BACKOFF_MS.length - 1)] ?? 0
  // Half of the wait is random, so that players that were cut off together do not come back together.
  model.call = { ...call, failures: call.failures + 1, retryAt: now + wait * (0.5 + random / 2) }
}

function refused<P extends Refusal>(
  model: Model<P>,
  call: Call,
  problem: P,
  random: number,
  now: number,
  effects: Effect[],
): void {
  if (isTemporary(problem)) return failed(model, call, random, now)
  const patient = model.entitled && now - call.firstSentAt < ENTITLEMENT_WAIT_MS
  if (NOT_YET.includes(problem.code) && call.request.kind === 'start' && patient) {
    model.call = { ...call, retryAt: now + ENTITLEMENT_POLL_MS, waiting: true }
    return
  }
  model.call = null
  model.leased = false
  if (SESSION_ENDED.includes(problem.code) && call.request.kind === 'pause') return
  if (SESSION_ENDED.includes(problem.code) && model.restarts < ATTEMPTS_IN_A_ROW) {
    model.restarts += 1
    model.wants.start = { takeOver: OWN_SESSION.includes(problem.code) }
    return
  }
  stop(model, problem, effects)
}

function isTemporary(problem: Refusal): boolean {
  return problem.status >= 500 || problem.status === 429 || problem.status === 408 || problem.code === 'BUSY'
}

function stop<P extends Refusal>(model: Model<P>, problem: P, effects: Effect[]): void {
  const phases: Record<string, Phase> = { TAKEOVER_REQUIRED: 'takeover', LEASE_SUPERSEDED: 'superseded' }
  model.phase = phases[problem.code] ?? 'refused'
  model.problem = problem
  model.wants = { start: false, confirm: false, pause: false, beat: false }
  setPlaying(model, false, effects)
  if (model.watch === null) return
  const saved = problem.saved?.furthest_ms ?? model.watch.furthest_ms
  model.watch = { ...model.watch, furthest_ms: saved, prompt: null }
  returnTo(model, saved, effects)
}

function accepted<P extends Refusal>(model: Model<P>, call: Call, state: WatchState, effects: Effect[]): void {
  const before = model.watch
  const { kind } = call.request
  model.watch = { ...state, media_url: state.media_url ?? before?.media_url }
  const completes = state.completed && kind !== 'start' && !before?.completed
  model.leased = kind !== 'pause' && !completes
  if (kind === 'pause') model.wants.pause = false
  if (kind !== 'start') model.restarts = 0
  // A learner confirms the prompt that was shown, never the one after it.
  if (kind === 'confirm' || state.prompt?.index !== before?.prompt?.index) model.wants.confirm = false
  if (kind === 'start') started(model, before, state, effects)
  if (state.completed) return complete(model, state)
  model.phase = 'open'
  if (state.prompt !== null) return prompted(model, state, effects)
  model.frontier = Math.max(model.frontier, state.furthest_ms)
  const claimed = 'positionMs' in call.request ? call.request.positionMs : null
  if (claimed !== null) settle(model, claimed, before, state, effects)
  if (model.halt === 'gap' && unsavedMs(model) < state.gap_cap_ms) model.halt = null
  // After a break in the network more was played than the one request had claimed.
  if (model.leased && model.frontier - (claimed ?? state.furthest_ms) > state.next_beat_ms) model.wants.beat = true
  if (model.wantsPlay && !model.playing && model.halt === null && !model.atEnd) setPlaying(model, true, effects)
}

function started<P extends Refusal>(
  model: Model<P>,
  before: WatchState | null,
  state: WatchState,
  effects: Effect[],
): void {
  model.newAttempt = false
  const url = state.media_url
  if (url !== undefined && before?.media_url !== url) effects.push({ type: 'load', url })
  if (before?.watch_id === state.watch_id && model.frontier > 0) {
    // The same watch goes on: what was played here meanwhile can still be credited, up to the gap cap.
    model.frontier = Math.min(Math.max(model.frontier, state.furthest_ms), state.furthest_ms + state.gap_cap_ms)
    if (model.position > model.frontier) moveTo(model, model.frontier, effects)
    return
  }
  model.frontier = state.completed ? state.duration_ms : state.furthest_ms
  // A completed lecture begins again at its beginning; another one goes on where it was left.
  moveTo(model, model.startAt ?? (state.completed ? 0 : model.frontier), effects)
  model.startAt = null
}

function complete<P extends Refusal>(model: Model<P>, state: WatchState): void {
  if (model.phase === 'completed') return
  model.phase = 'completed'
  model.frontier = state.duration_ms
  model.halt = null
  model.wants = { start: false, confirm: false, pause: false, beat: false }
}

function prompted<P extends Refusal>(model: Model<P>, state: WatchState, effects: Effect[]): void {
  // What was played beyond the credit meanwhile stays: it is credited once the prompt is confirmed.
  model.frontier = Math.max(model.frontier, state.furthest_ms)
  model.halt = null
  model.wants.pause = false
  setPlaying(model, false, effects)
}

/** Compares what was claimed with what was credited. */
function settle<P extends Refusal>(
  model: Model<P>,
  claimed: number,
  before: WatchState | null,
  state: WatchState,
  effects: Effect[],
): void {
  const lag = claimed - state.furthest_ms
  // The media ended with everything credited and the lecture is still not complete: the media is too short.
  if (model.atEnd && lag <= 0) return halt(model, 'media', effects)
  const grows = before !== null && state.furthest_ms > before.furthest_ms
  model.lags = grows || lag <= LAG_TOLERANCE_MS ? 0 : model.lags + 1
  if (lag > 0 && state.day_left_ms === 0) giveUp(model, 'day', state, effects)
  else if (model.lags >= ATTEMPTS_IN_A_ROW) giveUp(model, 'lag', state, effects)
}

/** What was played beyond the credit will not count. */
function giveUp<P extends Refusal>(model: Model<P>, why: Halt, state: WatchState, effects: Effect[]): void {
  model.atEnd = false
  halt(model, why, effects)
  returnTo(model, state.furthest_ms, effects)
}

// What the media element is told

function setPlaying<P extends Refusal>(model: Model<P>, playing: boolean, effects: Effect[]): void {
  model.playing = playing
  effects.push({ type: playing ? 'play' : 'pause' })
}

function halt<P extends Refusal>(model: Model<P>, why: Halt, effects: Effect[]): void {
  setPlaying(model, false, effects)
  model.halt = why
  // After a gap or a failure of the media, play goes on by itself as soon as it can; otherwise the learner decides.
  if (why !== 'gap') model.wantsPlay = false
  if (why !== 'gap' && model.leased) model.wants.pause = model.phase === 'open' && unsavedMs(model) > 0
}

function moveTo<P extends Refusal>(model: Model<P>, to: number, effects: Effect[]): void {
  model.position = Math.min(to, model.frontier)
  effects.push({ type: 'seek', to: model.position })
}

function returnTo<P extends Refusal>(model: Model<P>, credited: number, effects: Effect[]): void {
  model.frontier = credited
  if (model.position > credited) moveTo(model, credited, effects)
}

// What is sent next

function send<P extends Refusal>(model: Model<P>, now: number, key: string, effects: Effect[]): void {
  if (model.call !== null) {
    if (model.call.retryAt === null || now < model.call.retryAt) return
    model.call = { ...model.call, retryAt: null }
    return void effects.push({ type: 'send', call: model.call })
  }
  const request = nextRequest(model, now, key)
  if (request === null) return
  model.calls += 1
  model.call = { id: model.calls, request, firstSentAt: now, failures: 0, retryAt: null, waiting: false }
  effects.push({ type: 'send', call: model.call })
}

function nextRequest<P extends Refusal>(model: Model<P>, now: number, key: string): Request | null {
  const { watch, wants } = model
  const resuming = model.phase === 'open' && !model.leased && (model.playing || wants.confirm !== false || wants.beat)
  if (wants.start || resuming) {
    const takeOver = wants.start !== false && wants.start.takeOver
    wants.start = false
    return { kind: 'start', takeOver, newAttempt: model.newAttempt, key }
  }
  if (watch === null || !model.leased || !goesOn(model)) return null
  if (wants.confirm && watch.prompt !== null) {
    return { kind: 'confirm', token: watch.token, nonce: watch.prompt.nonce, choice: wants.confirm.choice }
  }
  wants.confirm = false
  const due = now - model.answeredAt >= paceMs(model, watch)
  if (!wants.pause && !wants.beat && !due) return null
  const kind = wants.pause ? 'pause' : 'beat'
  wants.pause = wants.beat = false
  // What was played but not saved is what matters, wherever the learner has gone back to.
  const positionMs = Math.floor(unsavedMs(model) > 0 ? model.frontier : model.position)
  return { kind, token: watch.token, positionMs }
}

/** How long after an answer the next beat is due. */
function paceMs<P extends Refusal>(model: Model<P>, watch: WatchState): number {
  if (model.playing || watch.prompt !== null) return watch.next_beat_ms
  const waits = model.atEnd || model.halt === 'gap'
  if (!waits || unsavedMs(model) === 0) return Infinity
  // As long as it takes to be credited, which is real time.
  return Math.min(watch.next_beat_ms, Math.max(WAIT_MS, unsavedMs(model) / Number(watch.max_rate)))
}
