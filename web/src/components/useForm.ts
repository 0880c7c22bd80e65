import { nextTick, ref, shallowRef, useTemplateRef } from 'vue'
import { asProblem, type Problem } from '../api/problem'

/** The template's `form`, sent: the first field that is not right takes the focus; a refusal is kept to be shown. */
export function useForm(send: () => Promise<void>) {
  const form = useTemplateRef<HTMLFormElement>('form')
  const tried = ref(false)
  const busy = ref(false)
  const problem = shallowRef<Problem | null>(null)

  async function submit(): Promise<void> {
    tried.value = true
    // What was refused before is sent again: only what is wrong now stops it.
    problem.value = null
    await nextTick()
    const wrong = form.value?.querySelector<HTMLInputElement>('[aria-invalid="true"]')
    if (wrong) return wrong.focus()
    busy.value = true
    try {
      await send()
    } catch (thrown) {
      problem.value = asProblem(thrown)
    } finally {
      busy.value = false
    }
  }

  return { tried, busy, problem, submit }
}
