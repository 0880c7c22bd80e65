// Keeps the screen awake while the lecture plays. Browsers let go of it whenever the page is hidden.

import { onBeforeUnmount, onMounted, watch } from 'vue'

export function useWakeLock(playing: () => boolean): void {
  let lock: WakeLockSentinel | null = null
  let asking = false

  const isWanted = (): boolean => playing() && !document.hidden

  async function keep(): Promise<void> {
    if (!isWanted()) return letGo()
    if (asking || (lock !== null && !lock.released)) return
    asking = true
    // Refused where the battery is low, and unknown to older browsers: the lecture plays all the same.
    lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null
    asking = false
    if (!isWanted()) letGo()
  }

  function letGo(): void {
    void lock?.release().catch(() => undefined)
    lock = null
  }

  const kept = (): void => void keep()
  watch(playing, kept, { immediate: true })
  onMounted(() => document.addEventListener('visibilitychange', kept))
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', kept)
    playing = () => false
    letGo()
  })
}
