import { playback, result } from '../api/client'

/** How far the learner is; null before they have begun. Throws Problem. */
export async function readProgress(courseId: string) {
  const params = { path: { course_id: courseId } }
  return (await result(playback.GET('/v1/playback/progress/{course_id}', { params }))).progress
}
