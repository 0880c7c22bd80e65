import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { whenOnline } from './whenOnline'
import { asProblem, type Problem } from '../api/problem'

export interface Loaded<T> {
  data: ShallowRef<T | null>
  problem: ShallowRef<Problem | null>
  loading: Ref<boolean>
  load: () => Promise<void>
}

/** Something read from the API: what came, or what went wrong. A later load wins over an earlier one. */
export function useLoad<T>(read: () => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  let latest = 0

  async function load(): Promise<void> {
    const mine = (latest += 1)
    loading.value = true
    try {
      const found = await read()
      if (mine === latest) [data.value, problem.value] = [found, null]
    } catch (thrown) {
      if (mine === latest) problem.value = asProblem(thrown)
    } finally {
      if (mine === latest) loading.value = false
    }
  }

  whenOnline(() => void (problem.value?.code === 'NETWORK' && load()))
  return { data, problem, loading, load }
}
