// The learner's profile, read once for all pages that remind of it.

import { computed, watch } from 'vue'
import { credits, result } from '../api/client'
import { isLearner, signedInAs } from '../api/session'
import { useLoad } from '../components/useLoad'

const { data, problem, load } = useLoad(() => result(credits.GET('/v1/credits/profile')))
/** It is there, could not be read, or there is none to read: nothing more is to come. */
const settled = computed(() => !isLearner.value || data.value !== null || problem.value !== null)

watch(signedInAs, () => (data.value = null))

export function useProfile() {
  if (isLearner.value && data.value === null) void load()
  return { profile: data, problem, settled, load }
}
