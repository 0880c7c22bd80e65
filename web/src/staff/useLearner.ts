import { computed } from 'vue'
import { useRoute } from 'vue-router'

/** The opaque id of whom a page is about, as its address says; "" where nobody was asked for yet. */
export function useLearner() {
  const route = useRoute()
  return computed(() => (typeof route.query.learner === 'string' ? route.query.learner : ''))
}
