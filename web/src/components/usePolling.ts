import { onBeforeUnmount } from 'vue'

/** Asks again and again, each time some milliseconds after the last answer, until it is told that all is known. */
export function usePolling(ask: () => Promise<boolean>, every: number) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest = 0

  async function turn(mine: number): Promise<void> {
    const known = await ask()
    if (!known && mine === latest) timer = setTimeout(() => void turn(mine), every)
  }

  function stop(): void {
    latest += 1
    clearTimeout(timer)
  }

  /** Begins anew, whatever is under way. Resolves with the first answer. */
  function start(): Promise<void> {
    stop()
    return turn(latest)
  }

  onBeforeUnmount(stop)
  return { start, stop }
}
