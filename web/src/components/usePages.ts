import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { whenOnline } from './whenOnline'
import { asProblem, type Problem } from '../api/problem'

export interface Page<Row, Place> {
  rows: Row[]
  /** Where the next page begins; null: there is no more. */
  after: Place | null
}

export interface Pages<Row> {
  rows: ShallowRef<Row[]>
  problem: ShallowRef<Problem | null>
  loading: Ref<boolean>
  /** A first page has come. */
  loaded: Ref<boolean>
  /** There is a page after those that have come. */
  more: ComputedRef<boolean>
  /** Reads other rows than those that are there, from the first page. */
  restart: () => Promise<void>
  /** Reads the first page again after a change; what is there stays until it has come. */
  refresh: () => Promise<void>
  /** Adds the next page. */
  next: () => Promise<void>
}

/** A list read page by page. What was asked before a restart is not shown any more. */
export function usePages<Row, Place>(read: (after: Place | undefined) => Promise<Page<Row, Place>>): Pages<Row> {
  const rows = shallowRef<Row[]>([])
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  const loaded = ref(false)
  const place: ShallowRef<Place | null> = shallowRef(null)
  let latest = 0

  async function add(before: Row[], after: Place | undefined): Promise<void> {
    const mine = (latest += 1)
    loading.value = true
    problem.value = null
    try {
      const page = await read(after)
      if (mine !== latest) return
      rows.value = [...before, ...page.rows]
      place.value = page.after
      loaded.value = true
    } catch (thrown) {
      if (mine === latest) problem.value = asProblem(thrown)
    } finally {
      if (mine === latest) loading.value = false
    }
  }

  async function restart(): Promise<void> {
    rows.value = []
    place.value = null
    loaded.value = false
    await add([], undefined)
  }

  const refresh = (): Promise<void> => add([], undefined)

  async function next(): Promise<void> {
    if (place.value === null || loading.value) return
    await add(rows.value, place.value)
  }

  whenOnline(() => void (problem.value?.code === 'NETWORK' && (loaded.value ? next() : restart())))
  return { rows, problem, loading, loaded, more: computed(() => place.value !== null), restart, refresh, next }
}
