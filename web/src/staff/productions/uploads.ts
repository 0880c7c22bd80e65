// Sends a large file in parts to where the service says: some at once, each again until it is there. Whatever the line
// does, the parts that are there stay there. It knows neither Vue nor a browser: `Line` is all that it needs of them.

import { asProblem, Problem } from '@xueshi/client'

export interface SignedPart {
  number: number
  url: string
  headers: Record<string, string>
}

/** A file that the service awaits: all parts but the last have the same size. */
export interface Plan {
  bytes: number
  partBytes: number
  /** The numbers of the parts that are there already, from 1. */
  partsHere: readonly number[]
}

/** What joins an upload with the network and the time. */
export interface Line {
  /** Where a part is put, for some minutes. Throws Problem. */
  sign: (number: number) => Promise<SignedPart>
  /** Puts a part, telling how many bytes of it went; the answer's status, 0 where there was none. Never throws. */
  put: (part: SignedPart, bytes: Blob, sent: (bytes: number) => void, signal: AbortSignal) => Promise<number>
  /** All parts are there: the service makes a file of them. Throws Problem. */
  complete: () => Promise<void>
  /** Some milliseconds, or less once the line is back. Throws when the signal ends it. */
  rest: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Milliseconds since any moment. */
  now: () => number
}

/** `waiting`: the line is lost, and it is tried again by itself. `completing`: every part is there. */
export type UploadState = 'sending' | 'waiting' | 'paused' | 'completing' | 'done' | 'failed'

export interface Progress {
  state: UploadState
  sentBytes: number
  /** Milliseconds, as fast as it went lately; null: not known yet. */
  leftMs: number | null
  /** Why it failed. */
  problem: Problem | null
}

const AT_ONCE = 3
const FIRST_REST_MS = 1_000
const LONGEST_REST_MS = 30_000
/** A part that was refused so often, each time with a new signature, will be refused again. */
const MOST_REFUSALS = 3
/** How fast it goes is measured over so much time. */
const LATELY_MS = 15_000
const LEAST_MS = 2_000

export class Upload {
  progress: Progress = { state: 'paused', sentBytes: 0, leftMs: null, problem: null }
  private readonly here: Set<number>
  /** How many bytes went of the parts that are under way. */
  private readonly underWay = new Map<number, number>()
  private readonly lately: { at: number; sent: number }[] = []
  private stop: AbortController | null = null

  constructor(
    private readonly file: Blob,
    private readonly plan: Plan,
    private readonly line: Line,
    private readonly changed: (progress: Progress) => void,
  ) {
    this.here = new Set(plan.partsHere)
    this.progress = { ...this.progress, sentBytes: this.sent() }
  }

  /** Sends what is missing. Resolves when the file is there, was paused, or has failed. */
  async run(): Promise<void> {
    if (this.stop || this.progress.state === 'done') return
    const stop = (this.stop = new AbortController())
    this.lately.length = 0
    this.tell('sending')
    try {
      await this.sendAll(stop.signal)
      this.tell('completing')
      await this.insist(() => this.line.complete(), stop.signal)
      this.tell('done')
    } catch (thrown) {
      if (this.stop === stop) this.tell('failed', asProblem(thrown))
    } finally {
      stop.abort()
      if (this.stop === stop) this.stop = null
    }
  }

  /** What is under way is given up; `run` goes on from there. */
  pause(): void {
    if (!this.stop) return
    const { stop } = this
    this.stop = null
    stop.abort()
    this.underWay.clear()
    this.tell('paused')
  }

  private async sendAll(signal: AbortSignal): Promise<void> {
    const count = Math.max(1, Math.ceil(this.plan.bytes / this.plan.partBytes))
    const missing = Array.from({ length: count }, (_, index) => index + 1).filter((number) => !this.here.has(number))
    const work = async (): Promise<void> => {
      for (let number = missing.shift(); number !== undefined; number = missing.shift()) await this.send(number, signal)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  }

  private async send(number: number, signal: AbortSignal): Promise<void> {
    await this.insist(async (refusals) => {
      const part = await this.line.sign(number)
      signal.throwIfAborted()
      const status = await this.line.put(part, this.bytesOf(number), (sent) => this.went(number, sent, signal), signal)
      signal.throwIfAborted()
      this.underWay.delete(number)
      if (status < 200 || status >= 300) throw refusalOf(status, refusals)
      this.here.add(number)
      this.tell('sending')
    }, signal)
  }

  /** Does something until it is done, resting longer and longer while the line is lost. Throws Problem. */
  private async insist(act: (refusals: number) => Promise<void>, signal: AbortSignal): Promise<void> {
    for (let [lost, refusals] = [0, 0]; ;) {
      signal.throwIfAborted()
      try {
        return await act(refusals)
      } catch (thrown) {
        signal.throwIfAborted()
        if (thrown instanceof SignAnew) refusals += 1
        else if (isPassing(thrown)) await this.rest((lost += 1), signal)
        else throw thrown
      }
    }
  }

  private rest(times: number, signal: AbortSignal): Promise<void> {
    this.tell('waiting')
    return this.line.rest(Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (times - 1)), signal)
  }

  private went(number: number, sent: number, signal: AbortSignal): void {
    if (signal.aborted) return
    this.underWay.set(number, sent)
    this.tell('sending')
  }

  private bytesOf(number: number): Blob {
    const from = (number - 1) * this.plan.partBytes
    return this.file.slice(from, from + this.plan.partBytes)
  }

  private sent(): number {
    const { bytes, partBytes } = this.plan
    const whole = [...this.here].map((number) => Math.min(partBytes, bytes - (number - 1) * partBytes))
    return [...whole, ...this.underWay.values()].reduce((sum, size) => sum + size, 0)
  }

  private tell(state: UploadState, problem: Problem | null = null): void {
    const sentBytes = this.sent()
    const leftMs = state === 'sending' ? this.left(sentBytes) : null
    this.progress = { state, sentBytes, leftMs, problem }
    this.changed(this.progress)
  }

  private left(sent: number): number | null {
    const at = this.line.now()
    this.lately.push({ at, sent })
    while ((this.lately[0]?.at ?? at) < at - LATELY_MS) this.lately.shift()
    const first = this.lately[0]
    if (!first || at - first.at < LEAST_MS || sent <= first.sent) return null
    return ((this.plan.bytes - sent) * (at - first.at)) / (sent - first.sent)
  }
}

/** A part was refused; with another signature it may be taken. */
class SignAnew extends Error {}

/** What a refused part means: signatures end, storage is busy, and an upload that is gone must begin anew. */
function refusalOf(status: number, refusals: number): Error {
  if (status === 0) return Problem.network()
  const mayBeTheSignature = status >= 400 && status < 500 && status !== 404
  return mayBeTheSignature && refusals < MOST_REFUSALS ? new SignAnew() : Problem.of(status, undefined)
}

/** Whether it ends by itself: no answer, or one of a service that has too much to do. */
function isPassing(thrown: unknown): boolean {
  const { status } = asProblem(thrown)
  return asProblem(thrown).code === 'NETWORK' || status >= 500 || status === 429
}

/** What is remembered of a chosen file, so that it is known when it is chosen again. */
export interface Chosen {
  name: string
  size: number
  lastModified: number
}

/** Whether this is the file whose parts the service has. `remembered` is what this device knows of it, if anything. */
export function isSameFile(file: Chosen, awaited: { name: string; bytes: number }, remembered?: Chosen): boolean {
  const looksTheSame = file.name === awaited.name && file.size === awaited.bytes
  return looksTheSame && (!remembered || remembered.lastModified === file.lastModified)
}
