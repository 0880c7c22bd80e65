// For tests: a clock, a media element and a playback service that keeps the real one's rules, without any waiting.

import { unsavedMs, type Model } from './machine.js'
import type { Outcome, Prompt, Refusal, Request, WatchState } from './protocol.js'
import { PlayerSession, type Media } from './session.js'

const POLL_MS = 250

export interface Setup {
  durationMs?: number
  promptsAt?: number[]
  nextBeatMs?: number
  gapCapMs?: number
  dayLeftMs?: number
  mediaEndsAt?: number
  latencyMs?: number
  leaseMs?: number
  /** What every prompt asks; the first choice is right. */
  question?: Prompt['question']
}

/** The service: one learner, one course, any number of devices. */
class Service {
  furthest = 0
  confirmed = 0
  open: Prompt | null = null
  completed = false
  attempt = 1
  allowance: number
  refilledAt = 0
  leaseUntil = -1
  session = ''
  version = 0
  sessions = 0
  last: { digest: string; state: WatchState } | null = null
  dayLeft: number
  refuseStart: Refusal[] = []

  constructor(
    readonly setup: Required<Setup>,
    readonly now: () => number,
  ) {
    this.allowance = setup.gapCapMs
    this.dayLeft = setup.dayLeftMs
  }

  answer(request: Request): Outcome {
    const outcome = request.kind === 'start' ? this.start(request) : this.call(request)
    if (outcome.kind === 'accepted') this.last = { digest: JSON.stringify(request), state: outcome.state }
    return outcome
  }

  private start(request: Request & { kind: 'start' }): Outcome {
    if (this.session === request.key) return this.started()
    const refusal = this.refuseStart.shift()
    if (refusal) return { kind: 'refused', problem: refusal }
    if (this.now() < this.leaseUntil && !request.takeOver) return this.refuse('TAKEOVER_REQUIRED')
    if (request.newAttempt && this.completed) this.begin()
    this.session = request.key
    this.sessions += 1
    this.leaseUntil = this.now() + this.setup.leaseMs
    return this.started()
  }

  private begin(): void {
    this.attempt += 1
    this.furthest = this.confirmed = 0
    this.completed = false
  }

  private started(): Outcome {
    const outcome = this.state()
    outcome.state.media_url = '/media/lecture/1/index.m3u8'
    return outcome
  }

  private call(request: Exclude<Request, { kind: 'start' }>): Outcome {
    if (this.last?.digest === JSON.stringify(request)) return { kind: 'accepted', state: this.last.state }
    const [session, version] = request.token.split('|')
    if (session !== this.session) return this.refuse('LEASE_SUPERSEDED')
    if (this.now() >= this.leaseUntil) return this.refuse('LEASE_EXPIRED')
    if (Number(version) !== this.version) return this.refuse('TOKEN_STALE')
    const before = this.completed
    if (request.kind === 'confirm') {
      if (this.open === null) return this.refuse('NO_OPEN_PROMPT')
      if (this.open.nonce !== request.nonce) return this.refuse('NONCE_WRONG')
      this.refill()
      const wrong = this.open.question !== null && request.choice !== 0
      this.open = wrong ? this.prompt(this.open.wrong_answers + 1) : null
      this.confirmed += wrong ? 0 : 1
    } else {
      this.credit(request.positionMs)
    }
    const over = request.kind === 'pause' || (this.completed && !before)
    this.leaseUntil = over ? this.now() : this.now() + this.setup.leaseMs
    return this.state()
  }

  private refill(): void {
    if (this.open === null)
      this.allowance = Math.min(this.setup.gapCapMs, this.allowance + this.now() - this.refilledAt)
    this.refilledAt = this.now()
  }

  private credit(positionMs: number): void {
    this.refill()
    if (this.open !== null || this.completed) return
    const [prompt = Infinity, next = Infinity] = this.setup.promptsAt.slice(this.confirmed)
    const reach = Math.min(positionMs, next, this.setup.durationMs)
    const credit = Math.max(0, Math.min(reach - this.furthest, this.allowance, this.dayLeft))
    this.furthest += credit
    this.allowance -= credit
    this.dayLeft -= credit
    if (this.furthest >= prompt) this.open = this.prompt(0)
    const all = this.confirmed === this.setup.promptsAt.length
    if (all && this.furthest >= this.setup.durationMs - 2_000) this.completed = true
  }

  private prompt(wrong: number): Prompt {
    const nonce = `nonce-${this.confirmed}-${wrong}`
    return { index: this.confirmed, nonce, question: this.setup.question, wrong_answers: wrong }
  }

  private state(): Outcome & { kind: 'accepted' } {
    this.version += 1
    const state: WatchState = {
      token: `${this.session}|${this.version}`,
      watch_id: `watch-${this.attempt}`,
      duration_ms: this.setup.durationMs,
      furthest_ms: this.furthest,
      saved_at: new Date(this.now()).toISOString(),
      next_beat_ms: this.setup.nextBeatMs,
      max_rate: '1.0',
      gap_cap_ms: this.setup.gapCapMs,
      day_left_ms: this.dayLeft,
      prompts: { total: this.setup.promptsAt.length, confirmed: this.confirmed },
      prompt: this.open,
      completed: this.completed,
    }
    return { kind: 'accepted', state }
  }

  private refuse(code: string): Outcome {
    return { kind: 'refused', problem: { status: 409, code, saved: { furthest_ms: this.furthest } } }
  }
}

class FakeMedia implements Media {
  at = 0
  playing = false
  rate = 1
  url = ''
  blocked = false
  /** Furthest position that was ever shown while playing, and how much of the media was, repeats counted again. */
  shown = 0
  played = 0

  position = (): number => Math.floor(this.at)
  load(url: string): void {
    this.url = url
  }
  play(): Promise<void> {
    if (this.blocked) return Promise.reject(new Error('NotAllowedError'))
    this.playing = true
    return Promise.resolve()
  }
  pause(): void {
    this.playing = false
  }
  seek(to: number): void {
    this.at = to
  }
}

/** Brings a request to a service and its answer back, within so many milliseconds. */
export type Carry = (request: Request, withinMs: number) => Promise<Outcome>

/** One device that watches; several can share a service and a clock. */
export class Device {
  readonly media = new FakeMedia()
  readonly sent: Request[] = []
  readonly session: PlayerSession<Refusal>
  model!: Model
  online = true
  /** Chance that an answer is lost after the service has acted. */
  loss = 0
  inFlight = 0
  mostInFlight = 0

  constructor(
    readonly world: World,
    readonly random: () => number,
    private readonly carry: Carry = (request) => this.toService(request),
  ) {
    this.session = new PlayerSession<Refusal>({
      media: this.media,
      send: (request, withinMs) => this.send(request, withinMs),
      now: () => world.now,
      random,
      newKey: () => `key-${String((world.keys += 1)).padStart(16, '0')}`,
      changed: (model) => (this.model = model),
    })
  }

  private async send(request: Request, withinMs: number): Promise<Outcome> {
    this.sent.push(request)
    this.inFlight += 1
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight)
    const outcome = await this.carry(request, withinMs)
    this.inFlight -= 1
    return outcome
  }

  private async toService(request: Request): Promise<Outcome> {
    const outcome = this.online ? this.world.service.answer(request) : { kind: 'unanswered' as const }
    const lost = this.random() < this.loss
    await this.world.later(this.world.setup.latencyMs)
    return lost ? { kind: 'unanswered' } : outcome
  }

  advance(ms: number): void {
    const { media } = this
    if (!media.playing) return
    const end = this.world.setup.mediaEndsAt
    const before = media.at
    media.at = Math.min(media.at + ms * media.rate, end)
    media.played += media.at - before
    media.shown = Math.max(media.shown, media.at)
    if (media.at < end) return
    media.playing = false
    this.session.dispatch({ type: 'ended', position: media.position() })
  }

  get unsaved(): number {
    return unsavedMs(this.model)
  }
}

export class World {
  now = 0
  keys = 0
  readonly setup: Required<Setup>
  readonly service: Service
  readonly devices: Device[] = []
  private waiting: { at: number; resolve: () => void }[] = []
  private outside: Promise<unknown>[] = []

  constructor(setup: Setup = {}) {
    const durationMs = setup.durationMs ?? 60_000
    this.setup = {
      durationMs,
      promptsAt: [20_000, 40_000],
      nextBeatMs: 7_500,
      gapCapMs: 30_000,
      dayLeftMs: 36_000_000,
      mediaEndsAt: durationMs,
      latencyMs: 100,
      leaseMs: 60_000,
      question: null,
      ...setup,
    }
    this.service = new Service(this.setup, () => this.now)
  }

  device(random: () => number = () => 0.99, carry?: Carry): Device {
    const device = new Device(this, random, carry)
    this.devices.push(device)
    return device
  }

  later(ms: number): Promise<void> {
    return new Promise((resolve) => this.waiting.push({ at: this.now + ms, resolve }))
  }

  /** Work of the real world, for which this one stands still. */
  meanwhile<T>(work: Promise<T>): Promise<T> {
    this.outside.push(work)
    return work
  }

  /** A device whose learner has opened the lecture and pressed play. */
  watching(random?: () => number, startAt?: number): Device {
    const device = this.device(random)
    device.session.dispatch({ type: 'open', startAt })
    device.session.dispatch({ type: 'play' })
    return device
  }

  /** Lets time pass, in steps of the players' polling; `each` runs after every step. */
  async run(ms: number, each: () => void = () => undefined): Promise<void> {
    for (const end = this.now + ms; this.now < end;) {
      this.now += POLL_MS
      for (const device of this.devices) device.advance(POLL_MS)
      const due = this.waiting.filter((w) => w.at <= this.now)
      this.waiting = this.waiting.filter((w) => w.at > this.now)
      for (const w of due) w.resolve()
      await this.settled()
      for (const device of this.devices) device.session.poll()
      each()
    }
  }

  /** Lets what waits for an answer go on. */
  private async settled(): Promise<void> {
    do {
      await Promise.all(this.outside.splice(0))
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
    } while (this.outside.length > 0)
  }
}
