// A production as the service tells it, and where on its page each part of it is worked on.

import type { components } from '@xueshi/client/catalog'

type Schemas = components['schemas']
export type Production = Schemas['ProductionAnswer']
export type ProductionFile = Schemas['ProductionFileAnswer']
export type StepLine = Schemas['ProductionStep']
export type Facts = Schemas['FactsAnswer']
export type FactsText = Schemas['FactsText']
export type Instructor = Schemas['InstructorText']
export type Block = Schemas['BlockAnswer']
export type Lack = Schemas['LackAnswer']
export type Mark = Schemas['BlockMarkAnswer']
export type Source = Schemas['BlockSourceAnswer']
export type Transcript = Schemas['TranscriptAnswer']
export type State = Production['state']
export type Step = StepLine['step']
export type Role = ProductionFile['role']
export type BlockName = Block['block']

/** In the order in which the desk shows them among its files; portraits are with the instructors. */
export const ROLES: readonly Role[] = ['recording', 'slides', 'captions', 'translation', 'handout', 'cover']
export const BLOCKS: readonly BlockName[] = ['keywords', 'abstract', 'chapters', 'mind_map', 'key_points', 'questions']
/** The parts of a production's page, each a tab of it. */
export type Place = 'files' | 'facts' | 'transcript' | 'summary' | 'preview' | 'publish'

export const PLACES: readonly Place[] = ['files', 'facts', 'transcript', 'summary', 'preview', 'publish']

const isBlock = (part: string): boolean => (BLOCKS as readonly string[]).includes(part)
/** The member of the facts that a part such as `facts/instructors/0/name` is of. */
export const memberOf = (part: string): string | undefined => /^facts\/([^/]+)/.exec(part)?.[1]

/** Where something that is missing is brought or mended. */
export function placeOf(part: string): Place {
  if (isBlock(part)) return 'summary'
  return memberOf(part) ? 'facts' : 'files'
}

/** The element of that place which is about it. */
export function hashOf(part: string): string {
  if (isBlock(part)) return `#block-${part}`
  const member = memberOf(part)
  return member ? `#fact-${member}` : ''
}
