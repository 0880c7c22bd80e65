// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import NoConnection from './NoConnection.vue'
import { followConnection, online, unreached } from './useConnection'

let reachable = false
let shell: ReturnType<typeof mount>
const page = { render: () => h('h1', '我的学时') }
const router = createRouter({
  history: createMemoryHistory(),
  routes: [
    { path: '/', component: { render: () => h('h1', '首页') } },
    {
      path: '/hours',
      component: () => (reachable ? Promise.resolve(page) : Promise.reject(new TypeError('Failed to fetch'))),
    },
    { path: '/broken', component: () => Promise.reject(new Error('ours')) },
  ],
})
const Shell = defineComponent({
  setup() {
    const { retry } = followConnection()
    return () => (unreached.value ? h(NoConnection, { onRetry: retry }) : h(RouterView))
  },
})

function line(there: boolean): void {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(there)
  window.dispatchEvent(new Event(there ? 'online' : 'offline'))
}

beforeEach(async () => {
  reachable = false
  vi.spyOn(console, 'warn').mockReturnValue()
  await router.replace('/')
  shell = mount(Shell, { global: { plugins: [router] }, attachTo: document.body })
})
afterEach(() => {
  shell.unmount()
  unreached.value = null
  vi.restoreAllMocks()
  vi.useRealTimers()
})

it('says that a page cannot be opened, and opens it by itself when the connection is back', async () => {
  line(false)
  expect(online.value).toBe(false)
  await router.push('/hours?watch=1').catch(() => undefined)
  await flushPromises()
  expect(screen.getByRole('heading').textContent).toBe('现在打不开这一页')
  reachable = true
  line(true)
  await flushPromises()
  expect(online.value).toBe(true)
  expect(screen.getByRole('heading').textContent).toBe('我的学时')
  expect(router.currentRoute.value.fullPath).toBe('/hours?watch=1')
})

it('tries again where the browser did not notice that the line was gone', async () => {
  vi.useFakeTimers()
  shell.unmount()
  shell = mount(Shell, { global: { plugins: [router] }, attachTo: document.body })
  await router.push('/hours').catch(() => undefined)
  reachable = true
  await vi.advanceTimersByTimeAsync(10_000)
  expect(screen.getByRole('heading').textContent).toBe('我的学时')
})

it('lets somebody go elsewhere meanwhile', async () => {
  await router.push('/hours').catch(() => undefined)
  await router.push('/')
  await flushPromises()
  expect(screen.getByRole('heading').textContent).toBe('首页')
})

it('does not blame the line for a mistake of ours', async () => {
  await router.push('/broken').catch(() => undefined)
  expect(unreached.value).toBe(null)
})
