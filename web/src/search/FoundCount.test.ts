// @vitest-environment happy-dom
import { screen, within } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { onPage, speak } from '../components/mounting'
import { criteriaOf } from './criteria'
import FoundCount from './FoundCount.vue'

const asked = criteriaOf({ q: '信脱', credential: 'CFP' })

async function told(total: number | null, meant: string | null) {
  const page = await onPage()
  mount(FoundCount, { ...page, props: { total, asked, meant } })
  await flushPromises()
  return page.global.plugins[0]
}

function status(): string {
  return (screen.getByRole('status').textContent ?? '').replace(/\s+/g, ' ').trim()
}

it('offers what may have been meant where screen readers are told what was found, and leads there', async () => {
  const router = await told(0, '信托')
  expect(status()).toBe('共 0 门课程 您要找的是不是： 信托')
  within(screen.getByRole('status')).getByRole('link', { name: '信托' }).focus()
  await userEvent.keyboard('{Enter}')
  await flushPromises()
  expect(router.currentRoute.value.query).toEqual({ q: '信托', credential: 'CFP' })
})

it('says so in English, and that the word is Chinese', async () => {
  await speak('en')
  await told(0, '信托')
  expect(status()).toBe('0 courses Did you mean: 信托')
  expect(screen.getByRole('link', { name: '信托' }).lang).toBe('zh-CN')
})

it.each([
  [0, '共 0 门课程'],
  [3, '共 3 门课程'],
  [null, ''],
])('offers nothing where nothing is like it: %s', async (total, said) => {
  await told(total, null)
  expect(status()).toBe(said)
  expect(screen.queryByRole('link')).toBeNull()
})
