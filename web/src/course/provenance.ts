// Who made the parts of a course's page: https://www.cac.gov.cn, rules for labelling generated content, September 2025.
import { onUnmounted, watchEffect } from 'vue'
import type { components } from '@xueshi/client/catalog'

export type Mark = components['schemas']['ProvenanceMark']
export type Block = Mark['block']

/** Sentences were chosen, and nothing was written. */
export const EXTRACTIVE = 'extractive'

const SUMMARY: readonly Block[] = ['keywords', 'abstract', 'chapters', 'mind_map']

/** Whether a model wrote any part of the summary: only then is the tab called by it. */
export function isWrittenByModel(provenance: readonly Mark[]): boolean {
  return provenance.some((mark) => SUMMARY.includes(mark.block) && mark.made_by !== EXTRACTIVE)
}

/** The implicit mark that the rules ask for beside the visible one; null where a person wrote everything. */
export function metadataMark(courseId: string, publication: number, provenance: readonly Mark[]): string | null {
  const models = provenance.filter((mark) => mark.made_by !== EXTRACTIVE).map((mark) => mark.made_by)
  if (!models.length) return null
  const producer = [...new Set(models)].join(', ')
  return JSON.stringify({ Label: '1', ContentProducer: producer, ProduceID: `${courseId}/${publication}` })
}

/** Keeps the mark in the document's head as long as the page is shown. */
export function useMetadataMark(mark: () => string | null): void {
  const element = document.createElement('meta')
  element.name = 'AIGC'
  watchEffect(() => {
    const content = mark()
    if (content === null) element.remove()
    else {
      element.content = content
      document.head.append(element)
    }
  })
  onUnmounted(() => element.remove())
}
