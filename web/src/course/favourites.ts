// The courses that the learner marked: read once for all hearts of the client, and shown as they were meant at once.

import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import { editing, result } from '../api/client'
import { asProblem, type Problem } from '../api/problem'
import { isLearner, signedInAs } from '../api/session'

const marked = shallowRef<ReadonlySet<string>>(new Set())
const problem = shallowRef<Problem | null>(null)
/** How many changes are under way: an answer that is not the last one's says less than the page does. */
let underWay = 0
let asked = ''

/** Reads them, for whoever is signed in; once, unless `anew`. */
async function load(anew = false): Promise<void> {
  const who = signedInAs.value ?? ''
  if (!isLearner.value || (asked === who && !anew)) return
  asked = who
  try {
    const { courses } = await result(editing.GET('/v1/catalog/favourites'))
    if (asked === who && underWay === 0) take(courses)
    problem.value = null
  } catch (thrown) {
    // Hearts are small: a page does not fail because they cannot be read. The list says so.
    asked = ''
    problem.value = asProblem(thrown)
  }
}

function take(courses: { course_id: string }[]): void {
  marked.value = new Set(courses.map((course) => course.course_id))
}

/** Marks the course, or takes the mark away. Throws Problem, with everything as before. */
async function toggle(courseId: string): Promise<void> {
  const before = marked.value.has(courseId)
  put(courseId, !before)
  underWay += 1
  const params = { path: { course_id: courseId } }
  const path = '/v1/catalog/favourites/{course_id}'
  try {
    const { courses } = await result(before ? editing.DELETE(path, { params }) : editing.PUT(path, { params }))
    if (underWay === 1) take(courses)
  } catch (thrown) {
    put(courseId, before)
    throw thrown
  } finally {
    underWay -= 1
  }
}

function put(courseId: string, there: boolean): void {
  const others = [...marked.value].filter((other) => other !== courseId)
  marked.value = new Set(there ? [courseId, ...others] : others)
}

watch(signedInAs, () => {
  marked.value = new Set()
  asked = ''
})

/** The newest first. */
export const favourites: ComputedRef<string[]> = computed(() => [...marked.value])

export function useFavourites() {
  void load()
  return { marked, problem, load, toggle }
}
