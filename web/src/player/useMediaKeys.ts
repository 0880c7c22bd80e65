// Keys of the keyboard, of headphones and of the lock screen. There is none that goes forward: where the system lets
// somebody drag, the machine goes no further than what was watched.

import { onBeforeUnmount, watch, type ShallowRef } from 'vue'
import { t } from '../i18n'
import type { Event, Model, Refusal } from '@xueshi/client'

const BACK_S = 10

type Pressed = Extract<Event, { type: 'play' | 'pause' | 'seek' }>

export interface Lecture {
  title: () => string
  durationMs: () => number
  rate: () => number
}

export function useMediaKeys(
  model: Readonly<ShallowRef<Model<Refusal>>>,
  dispatch: (event: Pressed) => void,
  lecture: Lecture,
): void {
  if (!('mediaSession' in navigator)) return
  const keys = navigator.mediaSession
  const seek = (toS: number): void => dispatch({ type: 'seek', to: Math.max(0, toS) * 1000 })
  const actions: Partial<Record<MediaSessionAction, MediaSessionActionHandler>> = {
    play: () => dispatch({ type: 'play' }),
    pause: () => dispatch({ type: 'pause' }),
    seekbackward: ({ seekOffset }) => seek(model.value.position / 1000 - (seekOffset ?? BACK_S)),
    seekto: ({ seekTime }) => seekTime !== undefined && seek(seekTime),
  }

  function set(action: string, handler: MediaSessionActionHandler | null): void {
    try {
      keys.setActionHandler(action as MediaSessionAction, handler)
    } catch {
      // Browsers throw at actions that they do not have.
    }
  }

  for (const [action, handler] of Object.entries(actions)) set(action, handler)

  watch(
    () => lecture.title(),
    (title) => {
      const artwork = [{ src: '/icon-512.png', sizes: '512x512', type: 'image/png' }]
      keys.metadata = title ? new MediaMetadata({ title, artist: t('app.name'), artwork }) : null
    },
    { immediate: true },
  )
  watch(
    () => model.value.playing,
    (playing) => (keys.playbackState = playing ? 'playing' : 'paused'),
    { immediate: true },
  )
  // Told when something jumps or stops; in between the system reckons for itself.
  watch([() => Math.floor(model.value.position / 5_000), () => lecture.durationMs(), () => lecture.rate()], tell)

  function tell(): void {
    const duration = lecture.durationMs() / 1000
    const position = Math.min(model.value.position / 1000, duration)
    if (duration > 0) keys.setPositionState?.({ duration, position, playbackRate: lecture.rate() })
  }

  onBeforeUnmount(() => {
    for (const action of Object.keys(actions)) set(action, null)
    keys.metadata = null
    keys.playbackState = 'none'
  })
}
