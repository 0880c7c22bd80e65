// The learner's plan. What it can be made of is found once; another pace needs only another plan.

import { computed, ref, shallowRef } from 'vue'
import { credits, result } from '../api/client'
import { fileOf, save } from '../api/download'
import type { components } from '@xueshi/client/credits'
import { useLoad } from '../components/useLoad'
import { findCandidates, type Candidate } from './candidates'

export type Plan = components['schemas']['PlanAnswer']
export type Step = components['schemas']['PlanStepAnswer']
export type Need = components['schemas']['PlanNeedAnswer']

export function usePlan() {
  const candidates = shallowRef<Candidate[] | null>(null)
  const credentials = ref<components['schemas']['Credential'][]>([])

  async function make(): Promise<Plan> {
    candidates.value ??= await findCandidates(credentials.value)
    return result(credits.POST('/v1/credits/plan', { body: { courses: candidates.value } }))
  }

  const plan = useLoad(make)

  /** Finds everything anew, for the certificates that the learner has. */
  async function load(held: components['schemas']['Credential'][]): Promise<void> {
    ;[credentials.value, candidates.value] = [held, null]
    await plan.load()
  }

  /** Keeps another pace. Throws Problem. */
  async function keepPace(minutes: number): Promise<void> {
    await result(credits.PUT('/v1/credits/plan/settings', { body: { weekly_minutes: minutes } }))
    await plan.load()
  }

  /** Gives the plan as a calendar file. Throws Problem. */
  async function saveCalendar(name: string): Promise<void> {
    const body = { courses: candidates.value ?? [] }
    save(await fileOf(credits.POST('/v1/credits/plan/calendar', { body, parseAs: 'blob' })), name)
  }

  const steps = computed(() => plan.data.value?.steps ?? [])
  return { plan, steps, load, keepPace, saveCalendar }
}
