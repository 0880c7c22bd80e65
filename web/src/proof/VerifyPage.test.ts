// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { mount } from '@vue/test-utils'
import { createMemoryHistory, createRouter } from 'vue-router'
import { expect, it, vi } from 'vitest'
import { onPage } from '../components/mounting'
import VerifyPage from './VerifyPage.vue'

it('takes a code as people type it, with a Chinese keyboard too', async () => {
  const routes = [
    { path: '/verify/:code?', name: 'verify', component: VerifyPage },
    { path: '/check', name: 'checkFile', component: VerifyPage },
  ]
  const router = createRouter({ history: createMemoryHistory(), routes })
  await router.push('/verify')
  const page = await onPage()
  mount(VerifyPage, { ...page, global: { ...page.global, plugins: [router] } })
  await userEvent.setup().type(screen.getByRole('textbox'), 'ＡＢ１２—34 cd{Enter}')
  await vi.waitFor(() => expect(router.currentRoute.value.params.code).toBe('AB1234cd'))
})
