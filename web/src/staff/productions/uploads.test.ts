import { describe, expect, it, vi } from 'vitest'
import { Problem } from '@xueshi/client'
import { isSameFile, Upload, type Line, type Plan, type Progress, type SignedPart } from './uploads'

const SHORT = 2
const PART = 16

/** What a part is answered with: a status, or 'hang' until it is given up. */
type Answer = number | 'hang'

/** A network that answers each part as it is told (200 where it is not), and a storage that has what was put. */
class Network {
  readonly stored = new Map<number, string>()
  readonly rests: number[] = []
  readonly signed: number[] = []
  /** Answers for a part, in their order; then 200. */
  readonly answers = new Map<number, Answer[]>()
  atOnce = 0
  mostAtOnce = 0
  completed = 0
  clock = 0
  /** While true nothing is answered at all, the service's own API included. */
  lost = false
  refusal: Problem | null = null

  readonly line: Line = {
    sign: async (number) => {
      if (this.lost) throw Problem.network()
      if (this.refusal) throw this.refusal
      this.signed.push(number)
      return Promise.resolve({ number, url: `https://bucket/${number}?signature=${this.signed.length}`, headers: {} })
    },
    put: (part, bytes, sent, signal) => this.put(part, bytes, sent, signal),
    complete: () => {
      if (this.lost) return Promise.reject(Problem.network())
      this.completed += 1
      return Promise.resolve()
    },
    rest: async (milliseconds, signal) => {
      this.rests.push(milliseconds)
      this.clock += milliseconds
      await Promise.resolve()
      signal.throwIfAborted()
    },
    now: () => this.clock,
  }

  private async put(part: SignedPart, bytes: Blob, sent: (n: number) => void, signal: AbortSignal): Promise<number> {
    this.atOnce += 1
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce)
    sent(bytes.size / 2)
    const answer = this.lost ? 0 : (this.answers.get(part.number)?.shift() ?? 200)
    this.clock += 1_000
    if (answer === 'hang') await new Promise((resolve) => signal.addEventListener('abort', resolve))
    else await Promise.resolve()
    this.atOnce -= 1
    if (answer === 'hang') return 0
    if (answer === 200) this.stored.set(part.number, await bytes.text())
    return answer
  }
}

/** A file whose parts are letters: AAAA…BBBB…C. */
function recording(parts: number): Blob {
  const letters = Array.from({ length: parts }, (_, index) => String.fromCharCode(65 + index))
  return new Blob(letters.map((letter, index) => letter.repeat(index === parts - 1 ? SHORT : PART)))
}

function begun(network: Network, parts: number, partsHere: Plan['partsHere'] = []) {
  const file = recording(parts)
  const told: Progress[] = []
  const plan = { bytes: file.size, partBytes: PART, partsHere }
  return { upload: new Upload(file, plan, network.line, (progress) => told.push(progress)), told, file }
}

const put = (network: Network): string =>
  [...network.stored]
    .sort(([one], [other]) => one - other)
    .map(([, text]) => text[0])
    .join('')

describe('an upload', () => {
  it('puts every part once, three at once, and then has the file made of them', async () => {
    const network = new Network()
    const { upload, told, file } = begun(network, 7)
    await upload.run()
    expect(put(network)).toBe('ABCDEFG')
    expect(network.stored.get(7)).toHaveLength(SHORT)
    expect(network.signed).toHaveLength(7)
    expect(network.mostAtOnce).toBe(3)
    expect(network.completed).toBe(1)
    expect(upload.progress).toMatchObject({ state: 'done', sentBytes: file.size, problem: null })
    expect(told.some(({ leftMs }) => (leftMs ?? 0) > 0)).toBe(true)
  })

  it('sends only what is missing after the page was loaded anew', async () => {
    const network = new Network()
    const { upload } = begun(network, 5, [1, 2, 4])
    expect(upload.progress.sentBytes).toBe(3 * PART)
    await upload.run()
    expect(put(network)).toBe('CE')
    expect(network.completed).toBe(1)
  })

  it('has the file made of its parts where all are there', async () => {
    const network = new Network()
    await begun(network, 2, [1, 2]).upload.run()
    expect(network.signed).toEqual([])
    expect(network.completed).toBe(1)
  })

  it('tries again when the line is lost in the middle of a part, later each time', async () => {
    const network = new Network()
    network.answers.set(2, [0, 0, 503])
    const { upload, told } = begun(network, 2)
    await upload.run()
    expect(put(network)).toBe('AB')
    expect(network.rests).toEqual([1_000, 2_000, 4_000])
    expect(told.map(({ state }) => state)).toContain('waiting')
    expect(upload.progress.state).toBe('done')
    // What was lost is not counted twice.
    expect(Math.max(...told.map(({ sentBytes }) => sentBytes))).toBe(PART + SHORT)
  })

  it('rests at most half a minute, however long the line is lost, and misses nothing', async () => {
    const network = new Network()
    network.lost = true
    const { upload } = begun(network, 3)
    const rest = network.line.rest
    network.line.rest = async (milliseconds, signal) => {
      await rest(milliseconds, signal)
      if (network.rests.length > 40) network.lost = false
    }
    await upload.run()
    expect(Math.max(...network.rests)).toBe(30_000)
    expect(put(network)).toBe('ABC')
  })

  it('has a part signed anew whose signature has ended', async () => {
    const network = new Network()
    network.answers.set(1, [403])
    await begun(network, 2).upload.run()
    expect(put(network)).toBe('AB')
    expect(network.signed.filter((number) => number === 1)).toHaveLength(2)
    expect(network.rests).toEqual([])
  })

  it('ends with what the storage says when new signatures do not help', async () => {
    const network = new Network()
    network.answers.set(1, [403, 403, 403, 403])
    const { upload } = begun(network, 2)
    await upload.run()
    expect(upload.progress).toMatchObject({ state: 'failed', problem: { status: 403 } })
    expect(network.completed).toBe(0)
  })

  it('ends when the service awaits the file no more', async () => {
    const network = new Network()
    network.refusal = new Problem(409, 'PRODUCTION_CLOSED')
    const { upload } = begun(network, 4)
    await upload.run()
    expect(upload.progress).toMatchObject({ state: 'failed', problem: { code: 'PRODUCTION_CLOSED' } })
    expect(network.stored.size).toBe(0)
  })

  it('is paused at once, and goes on with what is missing', async () => {
    const network = new Network()
    network.answers.set(2, ['hang'])
    const { upload } = begun(network, 3)
    const running = upload.run()
    await vi.waitFor(() => expect(network.stored.size).toBe(2))
    expect(upload.progress.sentBytes).toBe(PART + SHORT + PART / 2)
    upload.pause()
    await running
    expect(upload.progress).toMatchObject({ state: 'paused', sentBytes: PART + SHORT })
    expect(network.completed).toBe(0)
    await upload.run()
    expect(put(network)).toBe('ABC')
    expect(upload.progress.state).toBe('done')
  })
})

describe('a file that is chosen again', () => {
  const file = { name: 'talk.mp4', size: 10, lastModified: 5 }

  it.each([
    ['is the same by name, size and the time of its last change', { name: 'talk.mp4', bytes: 10 }, file, true],
    ['is another when it was changed since', { name: 'talk.mp4', bytes: 10 }, { ...file, lastModified: 4 }, false],
    ['is the same where another device began', { name: 'talk.mp4', bytes: 10 }, undefined, true],
    ['is another by its size', { name: 'talk.mp4', bytes: 11 }, undefined, false],
    ['is another by its name', { name: 'other.mp4', bytes: 10 }, undefined, false],
  ])('%s', (_, awaited, remembered, same) => {
    expect(isSameFile(file, awaited, remembered)).toBe(same)
  })
})
