/// <reference types="node" />

// How much honest learners keep: the player's own machine against the services' own handlers, in virtual time.
// `python -m tests.simulation` starts it, answers its requests, and reads its results.

import { watch } from './learner.js'
import { NETWORKS, randomFrom } from './network.js'
import { tell } from './service.js'

interface Order {
  durationsMs: number[]
  rates: number[]
  networks: string[]
  /** From the first seed to before the last. */
  seeds: [number, number]
}

async function main(order: Order): Promise<void> {
  for (const durationMs of order.durationsMs)
    for (const rate of order.rates)
      for (const [name, network] of Object.entries(NETWORKS))
        for (let seed = order.seeds[0]; order.networks.includes(name) && seed < order.seeds[1]; seed += 1) {
          tell({ begin: { durationMs, rate } })
          const result = await watch({ durationMs, rate }, network, randomFrom(seed))
          tell({ durationMs, rate, network: name, seed, result })
        }
}

await main(JSON.parse(process.argv[2] ?? '') as Order)
process.exit(0)
