// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { screen } from '@testing-library/dom'
import { userEvent } from '@testing-library/user-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { session, signedInAs } from '../api/session'
import { onPage, speak } from '../components/mounting'
import OwnDataPage from './OwnDataPage.vue'

const HOLDER = btoa(JSON.stringify({ sub: 'learner-1', roles: 'learner', exp: 9e9 }))
const ERASURE = 'POST /v1/credits/erasure'
const asked: string[] = []
let answers: Record<string, [number, unknown]> = {}
let saved: { name: string; file: Blob }[] = []
let file = new Blob()

function answer(request: Request): Response {
  const { pathname } = new URL(request.url)
  asked.push(`${request.method} ${pathname}`)
  if (pathname.endsWith('/picture')) return new Response('jpeg', { headers: { 'Content-Type': 'image/jpeg' } })
  const [status, body] = answers[pathname] ?? [200, { service: pathname.split('/')[2] }]
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
}

beforeEach(() => {
  asked.length = 0
  answers = { '/v1/credits/certificates': [200, { certificates: [{ credential: 'AFP' }] }] }
  saved = []
  vi.stubGlobal('fetch', (input: Request | string, init?: RequestInit) =>
    Promise.resolve(answer(new Request(input, init))),
  )
  session.enterWith('a@example.com', { access_token: `x.${HOLDER}.y`, refresh_token: '', expires_in: 900 })
  vi.spyOn(URL, 'createObjectURL').mockImplementation((made) => {
    file = made as Blob
    return 'blob:made'
  })
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    saved.push({ name: this.download, file })
  })
})
afterEach(() => {
  session.signOut()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const opened = async () => mount(OwnDataPage, await onPage('signIn'))

async function confirm(words: string): Promise<void> {
  await userEvent.type(screen.getByRole('textbox'), words)
  await userEvent.click(screen.getByRole('button', { name: /永久删除账号|for good/ }))
}

it('puts what the four services hold, and the pictures, into one file', async () => {
  await opened()
  await userEvent.click(screen.getByRole('button', { name: '下载我的数据' }))
  await screen.findByText('已保存到您的下载目录。')
  expect(saved.map(({ name }) => name)).toEqual(['xueshi.json'])
  const made = JSON.parse((await saved[0]?.file.text()) ?? '') as Record<string, unknown>
  const pictures = { AFP: `data:image/jpeg;base64,${btoa('jpeg')}` }
  const parts = Object.fromEntries(
    ['catalog', 'credits', 'orders', 'playback'].map((service) => [service, { service }]),
  )
  expect(made).toEqual({ ...parts, pictures })
})

it('saves nothing where one service refuses', async () => {
  answers['/v1/playback/personal-data'] = [403, { code: 'WRONG_ROLE', detail: '', next: '' }]
  await opened()
  await userEvent.click(screen.getByRole('button', { name: '下载我的数据' }))
  expect(await screen.findByText(/WRONG_ROLE/)).toBeTruthy()
  expect(saved).toEqual([])
})

it('deletes nothing before the words are typed', async () => {
  await opened()
  await confirm('删除')
  expect(await screen.findByText('与要求输入的文字不符')).toBeTruthy()
  expect(asked).not.toContain(ERASURE)
  expect(document.activeElement).toBe(screen.getByRole('textbox'))
})

it.each([
  ['zh', '删除账号', '账号已删除'],
  ['en', 'Delete my account', 'Your account is deleted'],
] as const)('deletes the account, says so, and signs out (%s)', async (language, words, said) => {
  await opened()
  await speak(language)
  await confirm(words)
  expect(await screen.findByRole('heading', { name: said })).toBeTruthy()
  expect(asked.filter((each) => each === ERASURE)).toHaveLength(1)
  expect(signedInAs.value).toBeNull()
  expect(screen.queryByRole('textbox')).toBeNull()
})

it('has whoever signed in long ago sign in again, and keeps the account', async () => {
  answers['/v1/credits/erasure'] = [403, { code: 'SIGN_IN_RECENTLY', detail: '', next: '' }]
  const options = await onPage('signIn')
  mount(OwnDataPage, options)
  await confirm('删除账号')
  await userEvent.click(await screen.findByRole('button', { name: '重新登录' }))
  await vi.waitFor(() => expect(options.global.plugins[0].currentRoute.value.fullPath).toBe('/signIn?to=/account/data'))
  expect(signedInAs.value).toBeNull()
})
