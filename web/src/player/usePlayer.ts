// Joins the machine with a page: a video element, the browser's events, and a model that Vue follows.

import { initial, isEntitled, network, PlayerSession, type Event, type Model } from '@xueshi/client'
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { api } from '../api/client'
import type { Problem } from '../api/problem'
import { DomMedia, type Quality } from './dom-media'
import { onFarewell } from './farewells'
import { thisPlace } from './place'

const POLL_MS = 250
/** The quality that the learner chose, for the next lecture too. */
const QUALITY = 'xueshi.quality'
const QUALITIES: readonly Quality[] = ['auto', 'clear', 'smooth', 'audio']

export interface Player {
  model: ShallowRef<Model<Problem>>
  dispatch: (event: Event<Problem>) => void
  reloadMedia: () => void
  /** What the lecture offers; one alone is no choice. */
  qualities: Ref<Quality[]>
  quality: Ref<Quality>
  chooseQuality: (quality: Quality) => void
}

export interface Beginning {
  courseId: string
  startAt?: number | undefined
  newAttempt?: boolean
}

/** A lecture that was left gives its session back before the next one asks for it. */
let leaving: Promise<void> = Promise.resolve()

export function usePlayer(video: Readonly<Ref<HTMLVideoElement | undefined>>, beginning: Beginning): Player {
  const { courseId, ...opening } = beginning
  const model = shallowRef(initial<Problem>())
  const qualities = ref<Quality[]>([])
  const wanted = ref(QUALITIES.find((each) => each === localStorage.getItem(QUALITY)) ?? 'auto')
  /** What is chosen, where the lecture offers it. */
  const quality = computed(() => (qualities.value.includes(wanted.value) ? wanted.value : 'auto'))
  let session: PlayerSession<Problem> | null = null
  let media: DomMedia | null = null
  const stops: (() => void)[] = []

  const dispatch = (event: Event<Problem>): void => session?.dispatch(event)

  function on(target: EventTarget, name: string, handle: () => void): void {
    target.addEventListener(name, handle)
    stops.push(() => target.removeEventListener(name, handle))
  }

  function followMedia(element: HTMLVideoElement): void {
    const poll = (): void => session?.poll()
    on(element, 'timeupdate', poll)
    on(element, 'seeking', poll)
    on(element, 'ended', () => dispatch({ type: 'ended', position: media?.position() ?? 0 }))
    // Whoever pauses or plays it, keys of the keyboard or a headset included, the machine decides.
    on(element, 'play', () => !model.value.playing && dispatch({ type: 'play' }))
    on(element, 'pause', () => model.value.playing && !element.ended && !element.seeking && dispatch({ type: 'pause' }))
    on(element, 'ratechange', () => {
      const most = Number(model.value.watch?.max_rate ?? 1)
      if (element.playbackRate > most) element.playbackRate = most
    })
  }

  function followPage(): void {
    stops.push(onFarewell((leaving) => dispatch({ type: 'hidden', leaving })))
    on(window, 'online', () => dispatch({ type: 'retryNow' }))
    const timer = setInterval(() => session?.poll(), POLL_MS)
    stops.push(() => clearInterval(timer))
  }

  onMounted(() => {
    const element = video.value
    if (!element) return
    const failed = (): void => dispatch({ type: 'mediaFailed' })
    media = new DomMedia(element, failed, wanted.value, (offered) => (qualities.value = offered))
    session = new PlayerSession<Problem>({
      media,
      ...network(api, courseId, thisPlace),
      changed: (next) => (model.value = next),
    })
    followMedia(element)
    followPage()
    void Promise.all([isEntitled(api, courseId), leaving]).then(([entitled]) =>
      dispatch({ type: 'open', ...opening, entitled }),
    )
  })

  onBeforeUnmount(() => {
    for (const stop of stops) stop()
    if (session) leaving = session.close()
    media?.destroy()
  })

  function chooseQuality(to: Quality): void {
    wanted.value = to
    localStorage.setItem(QUALITY, to)
    media?.choose(to)
  }

  return { model, dispatch, reloadMedia: () => media?.reload(), qualities, quality, chooseQuality }
}
