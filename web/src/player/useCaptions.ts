// Which captions are shown: none, or one of the lecture's languages. The choice stays for the next lecture.

import { ref, watch, type Ref } from 'vue'
import { locale } from '../i18n'

const STORED = 'xueshi.captions'

/** The name of a language, in the language of the page. */
export function languageName(code: string): string {
  return new Intl.DisplayNames([locale.value === 'zh' ? 'zh-CN' : 'en'], { type: 'language' }).of(code) ?? code
}

/** The chosen language of the captions; null shows none. `languages` are those that the lecture has. */
export function useCaptions(video: Readonly<Ref<HTMLVideoElement | undefined>>, languages: Ref<string[]>) {
  const chosen = ref<string | null>(localStorage.getItem(STORED))

  function show(): void {
    for (const track of video.value?.textTracks ?? []) {
      track.mode = track.language === chosen.value ? 'showing' : 'disabled'
    }
  }

  function choose(language: string | null): void {
    chosen.value = language
    if (language === null) localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, language)
  }

  /** On or off: the language of the page where the lecture has it, else its first. */
  function toggle(): void {
    const own = languages.value.find((language) => language.startsWith(locale.value))
    choose(chosen.value === null ? (own ?? languages.value[0] ?? null) : null)
  }

  // The tracks appear with the page's captions.
  watch([chosen, languages], show, { flush: 'post' })
  return { chosen, choose, toggle }
}
