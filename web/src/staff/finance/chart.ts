// The geometry of a bar chart of amounts per day.

const STEPS = [1, 2, 5]

/** The marks of an axis from 0 to at least `highest`, at most `most` of them, at round numbers. */
export function marks(highest: number, most = 5): number[] {
  const step = roundStep(Math.max(1, highest) / (most - 1))
  const count = Math.ceil(Math.max(1, highest) / step)
  return Array.from({ length: count + 1 }, (_, index) => index * step)
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const factor = [...STEPS, 10].find((step) => step * power >= least) ?? 10
  return Math.max(1, factor * power)
}

/** Which of `count` places along an axis have their name written: at most `most`, evenly, the first always. */
export function labelled(count: number, most = 7): number[] {
  const every = Math.max(1, Math.ceil(count / most))
  return Array.from({ length: Math.ceil(count / every) }, (_, index) => index * every)
}
