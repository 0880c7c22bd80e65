import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { usePolling } from './usePolling'

// There is no component around it here.
vi.mock('vue', () => ({ onBeforeUnmount: () => undefined }))

describe('asking again and again', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('ends when all is known', async () => {
    const answers = [false, false, true]
    const ask = vi.fn(() => Promise.resolve(answers.shift()!))
    await usePolling(ask, 1000).start()
    expect(ask).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ask).toHaveBeenCalledTimes(3)
  })

  it('asks once at a time, though it began anew while an answer was under way', async () => {
    const ask = vi.fn(() => new Promise<boolean>((answer) => setTimeout(() => answer(false), 100)))
    const polling = usePolling(ask, 1000)
    void polling.start()
    void polling.start()
    await vi.advanceTimersByTimeAsync(100 + 3 * 1100)
    expect(ask).toHaveBeenCalledTimes(2 + 3)
    polling.stop()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ask).toHaveBeenCalledTimes(2 + 3)
  })
})
