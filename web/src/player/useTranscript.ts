// The transcript of the lecture, from the captions that the video element has loaded: the browser reads WebVTT.

import { onBeforeUnmount, shallowRef, watch, type Ref } from 'vue'
import { sentencesOf, type Cue, type Sentence } from './sentences'

export type Transcript = { state: 'loading' | 'failed' } | { state: 'ready'; sentences: Sentence[] }

/** The transcript in a language; null where there is none. The track of that language is loaded by its mode. */
export function useTranscript(video: Readonly<Ref<HTMLVideoElement | undefined>>, language: Ref<string | null>) {
  const transcript = shallowRef<Transcript | null>(null)

  function look(): void {
    const track = trackOf(video.value, language.value)
    if (track) transcript.value = read(track)
    else transcript.value = language.value === null ? null : { state: 'loading' }
  }

  /** Loads the captions again, after a failure. */
  function again(): void {
    const track = trackOf(video.value, language.value)
    if (!track) return
    transcript.value = { state: 'loading' }
    const { src } = track
    track.src = ''
    track.src = src
  }

  // Neither event bubbles, so they are met on their way down.
  watch(
    video,
    (element, before) => {
      for (const name of ['load', 'error']) {
        before?.removeEventListener(name, look, true)
        element?.addEventListener(name, look, true)
      }
    },
    { immediate: true },
  )
  watch(language, look, { flush: 'post', immediate: true })
  onBeforeUnmount(() => ['load', 'error'].forEach((name) => video.value?.removeEventListener(name, look, true)))
  return { transcript, again }
}

function trackOf(video: HTMLVideoElement | undefined, language: string | null): HTMLTrackElement | undefined {
  return [...(video?.querySelectorAll('track') ?? [])].find((track) => track.srclang === language)
}

function read(track: HTMLTrackElement): Transcript {
  if (track.readyState === HTMLTrackElement.ERROR) return { state: 'failed' }
  if (track.readyState !== HTMLTrackElement.LOADED) return { state: 'loading' }
  return { state: 'ready', sentences: sentencesOf([...(track.track.cues ?? [])].map(cueOf)) }
}

function cueOf(cue: TextTrackCue): Cue {
  const text = cue instanceof VTTCue ? (cue.getCueAsHTML().textContent ?? '') : ''
  return { name: cue.id, startMs: Math.round(cue.startTime * 1000), endMs: Math.round(cue.endTime * 1000), text }
}
