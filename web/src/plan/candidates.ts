// What a plan can be made of: the learner's own courses, those of members, and the cheapest of each certificate, each
// with what orders and playback say of it. The service decides what of it is planned.

import { catalog, orders, result } from '../api/client'
import { everyPage } from '@xueshi/client'
import type { components as Catalog } from '@xueshi/client/catalog'
import type { components as Credits, operations } from '@xueshi/client/credits'
import type { operations as CatalogOperations } from '@xueshi/client/catalog'
import type { components as Orders } from '@xueshi/client/orders'
import { readAllProgress, readStandings, type Progress, type Standing } from '../course/useMine'

export type Candidate = operations['make_plan']['requestBody']['content']['application/json']['courses'][number]
type Query = NonNullable<CatalogOperations['search_courses']['parameters']['query']>

/** The service takes no more. */
export const MOST = 200
const A_PAGE = 50
/** Owned courses that no search has found are looked up one by one, and not without end. */
const MOST_LOOKED_UP = 20

/** Throws Problem. */
export async function findCandidates(credentials: Credits['schemas']['Credential'][]): Promise<Candidate[]> {
  const [progress, owned, ...searches] = await Promise.all([
    readAllProgress(),
    ownedCourses(),
    search({ free_to_members: true }),
    ...credentials.flatMap((credential) => [
      search({ credential, category: 'compulsory', sort: 'cheapest' }),
      search({ credential, sort: 'cheapest' }),
    ]),
  ])
  const begun = new Map(progress.map((one) => [one.course_id, one]))
  const lengths = new Map(searches.flat().map((course) => [course.course_id, course.duration_ms]))
  await lookUp(
    owned.filter((id) => !lengths.has(id) && !begun.has(id)),
    lengths,
  )
  const known = [...new Set([...begun.keys(), ...owned, ...lengths.keys()])].slice(0, MOST)
  const standings = await readStandings(known)
  return standings.flatMap((standing) =>
    candidateOf(standing, begun.get(standing.course_id), lengths.get(standing.course_id)),
  )
}

/** A course as the plan takes it; nothing where it can neither be watched nor bought, or its length is not known. */
export function candidateOf(standing: Standing, progress?: Progress, lengthMs?: number): Candidate[] {
  const access = accessOf(standing)
  const under = progress && !progress.completed ? progress : undefined
  const left = under ? under.duration_ms - under.furthest_ms : (lengthMs ?? progress?.duration_ms)
  if (access === null || left === undefined) return []
  return [
    {
      course_id: standing.course_id,
      content_version: under?.content_version ?? null,
      access,
      price_fen: standing.own_price_fen,
      left_ms: Math.max(0, left),
      started: under !== undefined && under.furthest_ms > 0,
    },
  ]
}

function accessOf(standing: Standing): Candidate['access'] | null {
  if (standing.state === 'claimable') return 'claimable'
  if (standing.state === 'owned' && standing.basis !== 'membership') return 'owned'
  if (standing.in_library) return 'library'
  return standing.buying_obstacle === null || standing.buying_obstacle === 'ORDER_PENDING' ? 'priced' : null
}

async function search(query: Query): Promise<Catalog['schemas']['FoundCourse'][]> {
  return (await result(catalog.GET('/v1/catalog/search', { params: { query: { ...query, limit: A_PAGE } } }))).courses
}

async function ownedCourses(): Promise<string[]> {
  const pages = await everyPage<string, Orders['schemas']['EntitlementsAnswer']>((after) =>
    result(orders.GET('/v1/orders/entitlements', { params: { query: { after } } })),
  )
  return pages.flatMap((page) => page.entitlements.map((one) => one.course_id))
}

async function lookUp(courseIds: string[], lengths: Map<string, number>): Promise<void> {
  const pages = courseIds
    .slice(0, MOST_LOOKED_UP)
    .map((course_id) =>
      result(catalog.GET('/v1/catalog/courses/{course_id}', { params: { path: { course_id } } })).catch(() => null),
    )
  for (const page of await Promise.all(pages)) if (page) lengths.set(page.course_id, page.media.duration_ms)
}
