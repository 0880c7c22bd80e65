import { computed, nextTick, ref, shallowRef, useTemplateRef } from 'vue'
import { asProblem, type Problem } from '../api/problem'

/** Things that are done at the press of a button each: the name of the one under way, and the refusal to be shown. */
export function useActions() {
  const busy = ref('')
  const problem = shallowRef<Problem | null>(null)

  async function run(name: string, act: () => Promise<void>): Promise<void> {
    busy.value = name
    problem.value = null
    try {
      await act()
    } catch (thrown) {
      problem.value = asProblem(thrown)
    } finally {
      busy.value = ''
    }
  }

  return { busy, problem, run }
}

/** Something that is sent at the press of a button: whether it is under way, and the refusal to be shown. */
export function useAction(send: () => Promise<void>) {
  const { busy, problem, run } = useActions()
  return { busy: computed(() => busy.value !== ''), problem, run: () => run('sending', send) }
}

/** The template's `form`, of which a component has one: sent unless a field is not right, which then takes the focus. */
export function useForm(send: () => Promise<void>) {
  const form = useTemplateRef<HTMLFormElement>('form')
  const tried = ref(false)
  const { busy, problem, run } = useAction(send)

  const firstWrong = (): HTMLElement | null | undefined =>
    form.value?.querySelector<HTMLElement>('[aria-invalid="true"]')

  async function submit(): Promise<void> {
    // A button shows that it is busy; Enter in a field comes here all the same.
    if (busy.value) return
    tried.value = true
    // What was refused before is sent again: only what is wrong now stops it.
    problem.value = null
    await nextTick()
    const wrong = firstWrong()
    if (wrong) return wrong.focus()
    await run()
    // What the server refused is marked now, and so is where to mend it.
    await nextTick()
    firstWrong()?.focus()
    // A dialog may be longer than a phone's screen.
    form.value?.querySelector('[role="alert"]')?.scrollIntoView({ block: 'nearest' })
  }

  return { tried, busy, problem, submit }
}
