// A production, read again and again while a machine works on it.

import { usePolling } from '../../components/usePolling'
import { useLoad } from '../../components/useLoad'
import { readProduction } from './calls'

const POLL_MS = 3_000

export function useProduction(id: string) {
  const { data, problem, load } = useLoad(() => readProduction(id))
  const polling = usePolling(async () => {
    await load()
    return data.value?.state !== 'running'
  }, POLL_MS)
  /** Reads it now, and follows it if something runs. */
  const refresh = (): Promise<void> => polling.start()
  return { production: data, problem, refresh }
}
