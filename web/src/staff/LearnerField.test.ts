// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { computed } from 'vue'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Router } from 'vue-router'
import { credits } from '../api/client'
import { onPage } from '../components/mounting'
import LearnerField from './LearnerField.vue'

vi.mock('../api/session', () => ({ roles: computed(() => ['support']) }))
vi.mock('../api/client', () => ({
  credits: { POST: vi.fn() },
  result: (answer: unknown) => Promise.resolve(answer),
}))

const one = { learner_id: '8a1f0c2e-3a4c', name: '张*', certificates: [], erased: false }
const another = {
  learner_id: '77777777-3a4c',
  name: null,
  certificates: [{ credential: 'AFP', number: '****0817', confirmed: true }],
  erased: false,
}

async function found(learners: unknown[], more = false): Promise<Router> {
  vi.mocked(credits.POST).mockResolvedValue({ learners, more } as never)
  const page = await onPage()
  page.global.plugins[0]?.addRoute({ path: '/learners/:learnerId', name: 'learner', component: { render: () => null } })
  mount(LearnerField, { ...page, props: { page: true } })
  return page.global.plugins[0] as Router
}

async function look(text: string): Promise<void> {
  await userEvent.type(screen.getByLabelText('查找学员'), text)
  await userEvent.click(screen.getByRole('button', { name: '查看' }))
  await flushPromises()
}

beforeEach(() => vi.mocked(credits.POST).mockReset())

it('asks by what was probably typed, and opens the only one who was found', async () => {
  const router = await found([one])
  await look(' zhang.san@example.com ')
  expect(vi.mocked(credits.POST).mock.calls[0]?.[1]).toEqual({ body: { by: 'email', text: 'zhang.san@example.com' } })
  expect(router.currentRoute.value.path).toBe('/learners/8a1f0c2e-3a4c')
})

it('asks by what was chosen in place of that', async () => {
  await found([one])
  await userEvent.selectOptions(screen.getByLabelText('按'), 'certificate_number')
  await look('12345678')
  expect(vi.mocked(credits.POST).mock.calls[0]?.[1]).toEqual({ body: { by: 'certificate_number', text: '12345678' } })
})

it('lets one of several be chosen, and says that there are more', async () => {
  const router = await found([one, another], true)
  await look('张三')
  expect(screen.getByText('找到 2 人，请选择：')).toBeDefined()
  expect(screen.getByText('还有更多人符合，请用证书编号、邮箱或手机号查找。')).toBeDefined()
  await userEvent.click(screen.getByRole('button', { name: /\*\*\*\*0817/ }))
  await flushPromises()
  expect(router.currentRoute.value.path).toBe('/learners/77777777-3a4c')
})

it('says that nobody was found, and sends nothing that is empty', async () => {
  const router = await found([])
  await userEvent.click(screen.getByRole('button', { name: '查看' }))
  expect(credits.POST).not.toHaveBeenCalled()
  await look('王五')
  expect(screen.getByText(/没有找到/)).toBeDefined()
  expect(router.currentRoute.value.path).toBe('/here')
})
