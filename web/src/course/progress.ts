import { playback, result } from '../api/client'
import { asProblem } from '../api/problem'

/** How far the learner is; null before they have begun: the service knows no watch then. Throws Problem. */
export async function readProgress(courseId: string) {
  const params = { path: { course_id: courseId } }
  try {
    return await result(playback.GET('/v1/playback/courses/{course_id}/progress', { params }))
  } catch (thrown) {
    if (asProblem(thrown).status === 404) return null
    throw thrown
  }
}
