// What the courses of a list are to the learner: how each stands, and how far they are with it. Advice beside what
// everybody sees: a list shows without it, and goes on without it where it cannot be had.

import { shallowRef, watch } from 'vue'
import { orders, playback, result } from '../api/client'
import { everyPage } from '@xueshi/client'
import type { components as Orders } from '@xueshi/client/orders'
import type { components as Playback } from '@xueshi/client/playback'
import { isLearner, signedInAs } from '../api/session'

export type Standing = Orders['schemas']['CourseStandingAnswer']
export type Progress = Playback['schemas']['CourseProgressAnswer']

export interface Mine {
  standing?: Standing
  progress?: Progress
}

const MOST_ASKED = 50

/** How up to any number of courses stand for the learner. Throws Problem. */
export async function readStandings(courseIds: string[]): Promise<Standing[]> {
  const parts = Array.from({ length: Math.ceil(courseIds.length / MOST_ASKED) }, (_, n) =>
    courseIds.slice(n * MOST_ASKED, (n + 1) * MOST_ASKED),
  )
  const answers = await Promise.all(
    parts.map((part) => result(orders.GET('/v1/orders/standings', { params: { query: { courses: part.join(',') } } }))),
  )
  return answers.flatMap((answer) => answer.courses)
}

/** Everything that the learner has begun, what was watched last first. Throws Problem. */
export async function readAllProgress(): Promise<Progress[]> {
  const pages = await everyPage<string, Playback['schemas']['ProgressPageAnswer']>((after) =>
    result(playback.GET('/v1/playback/progress', { params: { query: { after } } })),
  )
  return pages.flatMap((page) => page.courses).sort((a, b) => b.recency - a.recency)
}

/** What each course of a list is to the learner, as it becomes known. */
export function useMine(courseIds: () => string[]): (courseId: string) => Mine {
  const progress = shallowRef(new Map<string, Progress>())
  const standings = shallowRef(new Map<string, Standing>())

  async function find(): Promise<void> {
    const asked = courseIds().filter((id) => !standings.value.has(id))
    if (!isLearner.value || !asked.length) return
    const found = await readStandings(asked).catch(() => [])
    standings.value = new Map([...standings.value, ...found.map((one) => [one.course_id, one] as const)])
  }

  async function begin(): Promise<void> {
    progress.value = new Map()
    standings.value = new Map()
    if (!isLearner.value) return
    const found = await readAllProgress().catch(() => [])
    progress.value = new Map(found.map((one) => [one.course_id, one]))
  }

  watch(signedInAs, () => void begin(), { immediate: true })
  watch([() => courseIds().join(), signedInAs], () => void find(), { immediate: true })
  return (courseId) => ({ standing: standings.value.get(courseId), progress: progress.value.get(courseId) })
}
