import { onBeforeUnmount, onMounted } from 'vue'

/** A phone that is held across: so low that the picture and its controls fit on it alone. */
const ACROSS = '(orientation: landscape) and (max-height: 500px) and (pointer: coarse)'

/** Says whether the phone is held across, at first and whenever it is turned. */
export function useLandscape(turned: (across: boolean) => void): void {
  const query = matchMedia(ACROSS)
  const tell = (): void => turned(query.matches)
  onMounted(() => {
    query.addEventListener('change', tell)
    if (query.matches) tell()
  })
  onBeforeUnmount(() => query.removeEventListener('change', tell))
}
