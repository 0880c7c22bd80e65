// @vitest-environment happy-dom
import { screen, within } from '@testing-library/dom'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import errors from '../../../docs/errors.json'
import { onPage, speak } from '../components/mounting'
import GuidePage from './GuidePage.vue'

const codes = Object.values(errors).flat()

describe('the guide', () => {
  it('has its parts, and every code with what to do, in the language of the page', async () => {
    mount(GuidePage, await onPage('reference'))
    expect(screen.getByRole('heading', { level: 2, name: '观看' })).toBeTruthy()
    expect(screen.queryByText(/Please sign in first/)).toBeNull()
    await speak('en')
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Developer guide')
    expect(screen.getByRole('heading', { level: 2, name: 'Watching' })).toBeTruthy()
    const terms = screen.getAllByRole('term').map((term) => term.textContent?.trim())
    expect(terms.sort()).toEqual(codes.map(({ code, status }) => `${code} ${status}`).sort())
    expect(screen.getAllByText(/Please sign in first/)).toHaveLength(1)
  })

  it('has Chinese in English only in answers of the service, which are marked with their language', async () => {
    mount(GuidePage, await onPage('reference'))
    await speak('en')
    const chinese = [...document.querySelectorAll('h2, h3, p, li, dd, td, pre')].filter((part) =>
      /\p{Script=Han}/u.test(part.textContent),
    )
    expect(chinese.length).toBeGreaterThan(0)
    expect(chinese.filter((part) => !part.matches('pre[lang="zh-CN"]')).map((part) => part.textContent)).toEqual([])
  })

  it('leads to pages of the site, where its document leads to others', async () => {
    mount(GuidePage, await onPage('reference'))
    const leads = [...document.querySelectorAll('article a')].map((link) => link.getAttribute('href'))
    expect(new Set(leads)).toEqual(new Set(['/developers/api', '#codes', '/check']))
  })

  it('leads to each of its parts, and to the reference', async () => {
    mount(GuidePage, await onPage('reference'))
    await speak('en')
    const parts = within(screen.getByRole('navigation')).getAllByRole('link')
    const [first, ...within_] = parts.map((link) => link.getAttribute('href') ?? '')
    expect(first).not.toContain('#')
    for (const href of within_) expect(document.getElementById(href.split('#')[1] ?? '')).not.toBeNull()
    expect(within_.length).toBeGreaterThan(7)
  })
})
