// A copy of all that the services hold of a person, put together here: no service sees what another holds.

import type { components } from '@xueshi/client/credits'
import { fileOf, save } from './download'
import { asProblem, Problem } from './problem'

type Credential = components['schemas']['OwnCertificate']['credential']

/** How each service is asked for its part. */
export interface Parts {
  catalog: Promise<unknown>
  credits: Promise<unknown>
  orders: Promise<unknown>
  playback: Promise<unknown>
}

/** The pictures of certificates that wait, as addresses that hold them. Throws Problem. */
export async function pictures(
  certificates: { credential: Credential }[],
  ask: (credential: Credential) => Promise<unknown>,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const { credential } of certificates) {
    const picture = await fileOf(ask(credential)).catch((thrown: unknown) => {
      if (asProblem(thrown).code !== 'PICTURE_GONE') throw thrown
    })
    if (picture) found[credential] = await addressOf(picture)
  }
  return found
}

/** Gives the copy to the person as one file of JSON; nothing where a part is refused. Throws Problem. */
export async function saveCopy(parts: Parts, pictures: () => Promise<Record<string, string>>, name: string) {
  const [catalog, credits, orders, playback] = await Promise.all([
    parts.catalog,
    parts.credits,
    parts.orders,
    parts.playback,
  ])
  const all = { catalog, credits, orders, playback, pictures: await pictures() }
  save(new Blob([JSON.stringify(all, null, 1)], { type: 'application/json' }), name)
}

function addressOf(picture: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result as string)
    reader.onerror = () => reject(Problem.network())
    reader.readAsDataURL(picture)
  })
}
