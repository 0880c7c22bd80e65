// Somebody who watches a lecture as it is meant: opens it, plays it, confirms when asked, and goes on when it stops.

import type { Outcome, Request } from '../protocol.js'
import { Device, World } from '../simulation.js'
import { trip, type Network, type Random } from './network.js'
import { Handlers } from './service.js'

export interface Lecture {
  durationMs: number
  rate: number
}

/** What came of it, in milliseconds of the lecture but for `tookMs`. */
export interface Result {
  completed: boolean
  /** Played in all, what was played again counted again; and so during the outage. */
  playedMs: number
  duringOutageMs: number
  /** Played again. */
  againMs: number
  tookMs: number
  /** Something that an honest learner must never see. */
  trouble: string | null
}

const READS_MS = 8_000
const REACTS_MS = [2_000, 8_000] as const
/** Nobody waits longer than this, and four times the lecture, to get through. */
const PATIENCE_MS = 20 * 60_000

export async function watch(lecture: Lecture, network: Network, random: Random): Promise<Result> {
  const world = new World({ durationMs: lecture.durationMs })
  const learner = new Learner(world, lecture, network, random)
  learner.device.session.dispatch({ type: 'open' })
  const latest = lecture.durationMs * 4 + PATIENCE_MS
  while (world.now < latest && !learner.isDone()) await world.run(1_000, () => learner.act())
  return learner.result()
}

class Learner {
  readonly device: Device
  private readonly service = new Handlers()
  private readonly outage: { from: number; until: number }
  private readonly playsAt: number
  private reactsAt: number | null = null
  private prompt = ''
  private played = 0
  private duringOutage = 0
  private completedAt: number | null = null
  private trouble: string | null = null

  constructor(
    private readonly world: World,
    lecture: Lecture,
    private readonly network: Network,
    private readonly random: Random,
  ) {
    this.device = world.device(random, (request, withinMs) => this.carry(request, withinMs))
    this.device.media.rate = lecture.rate
    this.playsAt = READS_MS * random()
    const from = this.playsAt + random() * (lecture.durationMs / lecture.rate)
    this.outage = { from, until: from + network.outageMs }
  }

  isDone(): boolean {
    return this.completedAt !== null || this.trouble !== null
  }

  result(): Result {
    const { media } = this.device
    return {
      completed: this.completedAt !== null,
      playedMs: media.played,
      duringOutageMs: this.duringOutage,
      againMs: media.played - media.shown,
      tookMs: this.completedAt ?? this.world.now,
      trouble: this.trouble,
    }
  }

  /** What the learner does at this instant. */
  act(): void {
    const { model, media, session } = this.device
    const { now } = this.world
    if (this.isOut(now)) this.duringOutage += media.played - this.played
    this.played = media.played
    if (['takeover', 'superseded', 'refused'].includes(model.phase)) this.trouble ??= model.problem?.code ?? model.phase
    const prompt = model.watch?.prompt?.nonce ?? ''
    if (prompt !== this.prompt) this.notice(prompt)
    if (now < this.playsAt || !this.isTime()) return
    if (prompt) session.dispatch({ type: 'confirm' })
    else if (!model.wantsPlay && model.phase === 'open') session.dispatch({ type: 'play' })
  }

  private notice(prompt: string): void {
    this.prompt = prompt
    const [least, most] = REACTS_MS
    this.reactsAt = prompt ? this.world.now + least + (most - least) * this.random() : null
  }

  private isTime(): boolean {
    return this.reactsAt === null || this.world.now >= this.reactsAt
  }

  private isOut(at: number): boolean {
    return at >= this.outage.from && at < this.outage.until
  }

  private async carry(request: Request, withinMs: number): Promise<Outcome> {
    const { world } = this
    const until = world.now + withinMs
    const { thereMs, backMs, answered } = trip(this.network, this.random)
    await world.later(thereMs)
    if (this.isOut(world.now)) return this.unanswered(until)
    const outcome = await world.meanwhile(this.service.answer(request, world.now))
    if (outcome.kind === 'accepted' && outcome.state.completed) this.completedAt ??= world.now
    if (!answered || this.isOut(world.now + backMs)) return this.unanswered(until)
    await world.later(backMs)
    return outcome
  }

  private async unanswered(until: number): Promise<Outcome> {
    await this.world.later(until - this.world.now)
    return { kind: 'unanswered' }
  }
}
