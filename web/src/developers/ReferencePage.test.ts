// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import { mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { onPage, speak } from '../components/mounting'
import ReferencePage from './ReferencePage.vue'

// It needs a browser: tests/e2e.
vi.mock('openapi-explorer/dist/browser/openapi-explorer.min.js', () => ({}))

const shown = () => document.querySelector('openapi-explorer')?.getAttribute('spec-url')

describe('the API reference', () => {
  it('shows the service of its address, the player’s without one or with one that is none', async () => {
    const options = await onPage('developers')
    options.global.plugins[0].addRoute({ path: '/api/:service?', name: 'reference', component: { render: () => null } })
    const page = mount(ReferencePage, options)
    await speak('en')
    expect(shown()).toContain('playback')
    for (const service of ['orders', 'credits', 'catalog']) {
      await page.setProps({ service })
      expect(shown()).toContain(service)
      expect(screen.getByRole('link', { current: 'page' }).textContent?.trim()).toBe(service)
      expect(screen.getByRole('link', { name: /OpenAPI/ }).getAttribute('href')).toBe(shown())
    }
    await page.setProps({ service: 'no-such-service' })
    expect(shown()).toContain('playback')
  })
})
