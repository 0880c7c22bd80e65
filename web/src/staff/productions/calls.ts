// What the desk asks of the service, each by one name. All of them throw Problem.

import { creation } from '@xueshi/client'
import { editing, result, sentAgain } from '../../api/client'
import type { components } from '@xueshi/client/catalog'
import type { BlockName, FactsText, Step } from './production'

type Start = components['schemas']['StartRequest']
type NewFile = components['schemas']['FileRequest']
type Decision = components['schemas']['BlockDecision']
type Correction = components['schemas']['Correction']

const of = (production_id: string) => ({ params: { path: { production_id } } })
const ofFile = (production_id: string, file_id: string) => ({ params: { path: { production_id, file_id } } })
const ofBlock = (production_id: string, block: BlockName) => ({ params: { path: { production_id, block } } })

export const listProductions = (after?: string) =>
  result(editing.GET('/v1/catalog/productions', { params: { query: { after } } }))

export const readProduction = (id: string) => result(editing.GET('/v1/catalog/productions/{production_id}', of(id)))

/** For each form that starts productions. */
export function starting() {
  const create = creation()
  return (body: Start) => create({ body }, (request) => editing.POST('/v1/catalog/productions', request))
}

export const writeFacts = (id: string, revision: number, facts: FactsText) =>
  result(editing.PUT('/v1/catalog/productions/{production_id}/facts', { ...of(id), body: { revision, facts } }))

/** For each place that adds files. */
export function adding() {
  const create = creation()
  return (production_id: string, body: NewFile) =>
    create({ path: { production_id }, body }, (request) =>
      editing.POST('/v1/catalog/productions/{production_id}/files', request),
    )
}

export async function signPart(id: string, fileId: string, number: number) {
  const body = { numbers: [number] }
  const { parts } = await result(
    editing.POST('/v1/catalog/productions/{production_id}/files/{file_id}/parts', { ...ofFile(id, fileId), body }),
  )
  return parts[0]
}

export const completeFile = (id: string, fileId: string) =>
  result(
    editing.POST('/v1/catalog/productions/{production_id}/files/{file_id}/completion', {
      ...ofFile(id, fileId),
      ...sentAgain,
    }),
  )

export const removeFile = (id: string, fileId: string) =>
  result(editing.DELETE('/v1/catalog/productions/{production_id}/files/{file_id}', ofFile(id, fileId)))

/** From a step, or from the first that is not done. */
export const startRun = (id: string, from?: Step) =>
  result(editing.POST('/v1/catalog/productions/{production_id}/runs', { ...of(id), body: { from } }))

export const cancelProduction = (id: string, reason: string) =>
  result(editing.POST('/v1/catalog/productions/{production_id}/cancellation', { ...of(id), body: { reason } }))

export const readTranscript = (id: string) =>
  result(editing.GET('/v1/catalog/productions/{production_id}/transcript', of(id)))

export const correctTranscript = (id: string, revision: number, corrections: Correction[]) =>
  result(
    editing.PUT('/v1/catalog/productions/{production_id}/transcript', { ...of(id), body: { revision, corrections } }),
  )

export const decideBlock = (id: string, block: BlockName, body: Decision) =>
  result(editing.PUT('/v1/catalog/productions/{production_id}/blocks/{block}', { ...ofBlock(id, block), body }))

/** In place of what the block says at this revision. */
export const draftAgain = (id: string, block: BlockName, revision: number) => {
  const body = { revision }
  return result(
    editing.POST('/v1/catalog/productions/{production_id}/blocks/{block}/drafts', { ...ofBlock(id, block), body }),
  )
}

/** The course's page as it would be published, with the pictures that are not published yet. */
export async function readPreview(id: string) {
  const preview = await result(editing.GET('/v1/catalog/productions/{production_id}/preview', of(id)))
  const { page, cover_url, portraits } = preview
  const instructors = page.instructors.map((one) => ({ ...one, portrait: portraits[one.name] ?? one.portrait }))
  return { ...page, cover: cover_url ?? page.cover, instructors }
}

/** `over` is the number of the publication that this one follows; null: the one that the production began on. */
export const publish = (id: string, reason: string, over: number | null) => {
  const body = { reason, ...(over === null ? {} : { expected_publication: over }) }
  return result(editing.POST('/v1/catalog/productions/{production_id}/publication', { ...of(id), body }))
}
