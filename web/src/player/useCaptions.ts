// Which captions are shown: none, or one of the lecture's languages; the choice stays for the next lecture. And in which
// of them the transcript is read, shown or not.

import { computed, ref, watch, type Ref } from 'vue'
import { locale } from '../i18n'

const STORED = 'xueshi.captions'

/** Captions of a lecture in one language. */
export interface Track {
  language: string
  path: string
}

/**
 * The captions where the session may read them: who began with an older version goes on with it, and only the folder of
 * its playlist is open to them. Captions are named by what they say, so a file that both have is the same one.
 */
export function tracksOf(media: { path: string; captions: Track[] }, playlist = media.path): Track[] {
  const moved = (path: string): string => path.replace(folderOf(media.path), folderOf(playlist))
  return media.captions.map((track) => ({ ...track, path: moved(track.path) }))
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

/** The chosen language of the captions; null shows none. `languages` are those of the tracks that the video has. */
export function useCaptions(video: Readonly<Ref<HTMLVideoElement | undefined>>, languages: Ref<string[]>) {
  const chosen = ref<string | null>(localStorage.getItem(STORED))
  const chosenToRead = ref<string | null>(null)
  /** The language of the page where the lecture has it, else its first; null where it has none. */
  const usual = computed(
    () => languages.value.find((language) => language.startsWith(locale.value)) ?? languages.value[0] ?? null,
  )
  const read = computed(() => {
    const wanted = [chosenToRead.value, chosen.value].find((each) => each !== null && languages.value.includes(each))
    return wanted ?? usual.value
  })

  function show(): void {
    for (const track of video.value?.textTracks ?? []) {
      const hidden = track.language === read.value ? 'hidden' : 'disabled'
      track.mode = track.language === chosen.value ? 'showing' : hidden
    }
  }

  function choose(language: string | null): void {
    chosen.value = language
    if (language === null) localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, language)
  }

  function toggle(): void {
    choose(chosen.value === null ? usual.value : null)
  }

  // The tracks appear with their languages.
  watch([chosen, languages, read], show, { flush: 'post' })
  return { chosen, choose, toggle, read, chooseToRead: (language: string) => (chosenToRead.value = language) }
}
