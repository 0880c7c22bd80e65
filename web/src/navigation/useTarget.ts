import { computed } from 'vue'
import { useRoute } from 'vue-router'

/** Where to go on after signing in. Only a path of this site: a link must not lead elsewhere. */
export function useTarget() {
  const route = useRoute()
  return computed(() => {
    const to = typeof route.query.to === 'string' ? route.query.to : '/'
    return /^\/(?![/\\])/.test(to) ? to : '/'
  })
}
