// The way between a learner and the service: how long it takes, and what does not arrive.

export type Random = () => number

export interface Network {
  /** Chance that an answer is lost after the service has acted. */
  loss: number
  /** Each way takes up to this long, in milliseconds. */
  oneWayMs: number
  /** For so long nothing arrives at all, once in a lecture. */
  outageMs: number
}

export const NETWORKS: Record<string, Network> = {
  calm: { loss: 0, oneWayMs: 100, outageMs: 0 },
  lossy: { loss: 0.3, oneWayMs: 2_500, outageMs: 0 },
  outage: { loss: 0.3, oneWayMs: 2_500, outageMs: 90_000 },
}

/** One request's way there and back; `answered`: whether its answer arrives. */
export interface Trip {
  thereMs: number
  backMs: number
  answered: boolean
}

export function trip(network: Network, random: Random): Trip {
  const way = (): number => Math.ceil(network.oneWayMs * random())
  return { thereMs: way(), backMs: way(), answered: random() >= network.loss }
}

/** Numbers in [0, 1) that a seed decides (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
