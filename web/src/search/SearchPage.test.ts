// @vitest-environment happy-dom
import { screen, within } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { catalog } from '../api/client'
import { onPage, speak } from '../components/mounting'
import SearchPage from './SearchPage.vue'

vi.mock('../api/client', () => ({
  catalog: { GET: vi.fn() },
  result: (answer: unknown) => Promise.resolve(answer),
}))

interface Asking {
  params: { query: { q?: string } }
}

/** The service: it finds nothing, and offers 信托 for 信脱. */
async function searched(q: string) {
  const asked: (string | undefined)[] = []
  vi.mocked(catalog.GET).mockImplementation(((_: string, { params }: Asking) => {
    asked.push(params.query.q)
    const meant = params.query.q === '信脱' ? '信托' : null
    return Promise.resolve({ total: 0, courses: [], did_you_mean: meant })
  }) as never)
  const page = await onPage('search')
  const [router] = page.global.plugins
  await router.push({ name: 'search', query: { q, credential: 'CFP' } })
  mount(SearchPage, page)
  await flushPromises()
  return { asked, router }
}

it('offers what may have been meant where screen readers are told what was found, and asks for it', async () => {
  const { asked, router } = await searched('信脱')
  const status = screen.getByRole('status')
  expect(status.textContent?.replace(/\s+/g, ' ').trim()).toBe('共 0 门课程 您要找的是不是： 信托')
  within(status).getByRole('link', { name: '信托' }).focus()
  await userEvent.keyboard('{Enter}')
  await flushPromises()
  expect(router.currentRoute.value.query).toEqual({ q: '信托', credential: 'CFP' })
  expect(asked.filter((q) => q)).toEqual(['信脱', '信托'])
  expect(screen.queryByText(/您要找的是不是/)).toBeNull()
})

it('says so in English, and that the word is Chinese', async () => {
  await speak('en')
  await searched('信脱')
  expect(screen.getByRole('status').textContent).toContain('Did you mean:')
  expect(screen.getByRole('link', { name: '信托' }).lang).toBe('zh-CN')
})

it('offers nothing where nothing is like it', async () => {
  await searched('量子')
  expect(screen.getByRole('status').textContent?.trim()).toBe('共 0 门课程')
})
