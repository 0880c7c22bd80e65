/** The colours of courses' covers, the deeper first. */
const TONES = [
  ['#0a3642', '#1d7186'],
  ['#2b2a5c', '#5a63b0'],
  ['#4a2540', '#96527a'],
  ['#173f2c', '#3c8560'],
  ['#4b3410', '#a3762c'],
  ['#123a63', '#3d7ab5'],
] as const

/** A number that stays with the course. */
export function seedOf(courseId: string): number {
  return [...courseId].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7)
}

/** The colours of the course's cover. */
export function tonesOf(courseId: string): readonly [string, string] {
  return TONES[seedOf(courseId) % TONES.length] ?? TONES[0]
}
