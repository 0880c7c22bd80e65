import { onBeforeUnmount } from 'vue'

/** Asks again and again, each time some milliseconds after the last answer, until it is told that all is known. */
export function usePolling(ask: () => Promise<boolean>, every: number) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  async function turn(): Promise<void> {
    const known = await ask()
    if (!known && !stopped) timer = setTimeout(() => void turn(), every)
  }

  function stop(): void {
    stopped = true
    clearTimeout(timer)
  }

  function start(): void {
    stop()
    stopped = false
    void turn()
  }

  onBeforeUnmount(stop)
  return { start, stop }
}
