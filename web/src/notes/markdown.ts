// Notes as a file to take along: Markdown, which is readable as it stands and which Word, too, takes as text.

import { clock } from '../i18n/format'
import type { Content } from './notebook'

export interface Chapter {
  title: string
  /** Where the course is watched. */
  url: string
  notes: Content[]
}

/** The file. `bookmark` is what stands where there is no text. */
export function markdownOf(title: string, lead: string, chapters: Chapter[], bookmark: string): string {
  const parts = chapters.map(({ title: course, url, notes }) => {
    const lines = notes.map(({ at_ms: at, text }) => {
      const said = text === '' ? `*${bookmark}*` : asWritten(text).replaceAll('\n', '\n  ')
      return `- [${clock(at)}](${url}?at=${at}) ${said}`
    })
    return [`## ${asWritten(course)}`, '', ...lines].join('\n')
  })
  return `${[`# ${title}`, lead, ...parts].join('\n\n')}\n`
}

/** The text as it was typed: nothing in it means anything to Markdown, and its line ends stay. */
function asWritten(text: string): string {
  return text
    .replace(/[\\`*_[\]<>|~]/g, '\\$&')
    .replace(/^(\s*)([#+-])/gm, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/gm, '$1\\$2')
    .replaceAll('\n', '  \n')
}
