// Runs the machine: carries its effects out through ports, and tells it what happens. No framework, no globals.

import { initial, patienceMs, step, type Call, type Effect, type Event, type Model } from './machine.js'
import type { Outcome, Refusal, Request } from './protocol.js'

/** The media element, in milliseconds. */
export interface Media {
  position(): number
  load(url: string): void
  /** Rejects when the browser wants a tap first. */
  play(): Promise<void>
  pause(): void
  seek(to: number): void
}

export interface Ports<P extends Refusal> {
  media: Media
  /** Answers `unanswered` when so many milliseconds are over. */
  send(request: Request, withinMs: number): Promise<Outcome<P>>
  /** Milliseconds of a clock that never goes back. */
  now(): number
  /** A number in [0, 1), and a key that no other request has had. */
  random(): number
  newKey(): string
  changed(model: Model<P>): void
}

export class PlayerSession<P extends Refusal> {
  private model: Model<P> = initial<P>()
  private queue: Event<P>[] = []
  private busy = false
  private closed = false
  private underWay: Promise<void> = Promise.resolve()

  constructor(private readonly ports: Ports<P>) {}

  /** Takes an event, after bringing the machine up to date with the media's position. */
  dispatch(event: Event<P>): void {
    if (this.closed) return
    if (event.type !== 'tick' && event.type !== 'ended') this.queue.push(this.tick())
    this.queue.push(event)
    if (this.busy) return
    this.busy = true
    try {
      for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) this.handle(next)
    } finally {
      this.busy = false
    }
    this.ports.changed(this.model)
  }

  /** To be called several times a second: time passes for the machine only so. */
  poll(): void {
    this.dispatch(this.tick())
  }

  /** Saves what can be saved, gives the session back and stops; resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.dispatch({ type: 'hidden', leaving: true })
    this.closed = true
    for (let last: Promise<void> | null = null; last !== this.underWay;) await (last = this.underWay)
  }

  private tick(): Event<P> {
    return { type: 'tick', position: this.ports.media.position() }
  }

  private handle(event: Event<P>): void {
    const [model, effects] = step(this.model, event, this.ports.now(), this.ports.newKey())
    this.model = model
    for (const effect of effects) this.perform(effect)
  }

  private perform(effect: Effect): void {
    const { media } = this.ports
    if (effect.type === 'send') this.underWay = this.send(effect.call)
    else if (this.closed) return
    else if (effect.type === 'load') media.load(effect.url)
    else if (effect.type === 'pause') media.pause()
    else if (effect.type === 'seek') media.seek(effect.to)
    else media.play().catch(() => this.refusedToPlay())
  }

  private refusedToPlay(): void {
    // A play() that a later pause() interrupted is rejected too; only one that is still wanted was refused.
    if (this.model.playing) this.dispatch({ type: 'blocked' })
  }

  private async send(call: Call): Promise<void> {
    const answering = this.ports.send(call.request, patienceMs(call))
    const outcome = await answering.catch((): Outcome<P> => ({ kind: 'unanswered' }))
    const answer: Event<P> = { type: 'answer', callId: call.id, outcome, random: this.ports.random() }
    if (!this.closed) return this.dispatch(answer)
    // Closed while this was under way: its answer brings what the session is given back with.
    if (outcome.kind !== 'accepted') return
    this.handle(answer)
    this.handle({ type: 'hidden', leaving: true })
  }
}
