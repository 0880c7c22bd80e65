// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { screen, within } from '@testing-library/dom'
import { userEvent } from '@testing-library/user-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { onPage } from '../components/mounting'
import { signedInAs } from '../api/session'
import PhoneSignIn from './PhoneSignIn.vue'

const PHONE = '+8613800138000'
const sent = { code_id: 'code-1', lives_s: 300, resend_s: 60 }
const tokens = { access_token: 'a.b.c', refresh_token: 'r', expires_in: 900 }
const asked: { path: string; body: unknown }[] = []
let answers: [number, unknown][] = []

async function answering(input: Request | string, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init)
  asked.push({ path: new URL(request.url).pathname, body: await request.json().catch(() => null) })
  const [status, body] = request.url.includes('/identities/') ? (answers.shift() ?? [500, {}]) : [200, {}]
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
}

beforeEach(() => {
  asked.length = 0
  vi.stubGlobal('fetch', answering)
})
afterEach(() => vi.unstubAllGlobals())

async function opened() {
  const done = vi.fn()
  mount(PhoneSignIn, { ...(await onPage()), props: { onDone: done } })
  return done
}

async function toCode(): Promise<void> {
  await userEvent.type(screen.getByLabelText('手机号'), '138 0013 8000')
  await userEvent.click(screen.getByRole('button', { name: '获取验证码' }))
  await screen.findByText(`验证码已发送到 ${PHONE}。`)
}

it('asks for a number that can be one before anything is sent', async () => {
  await opened()
  await userEvent.type(screen.getByLabelText('手机号'), '12345')
  await userEvent.click(screen.getByRole('button', { name: '获取验证码' }))
  expect(await screen.findByText('请输入 11 位手机号')).toBeTruthy()
  expect(asked).toEqual([])
})

it('sends the code, has the field in focus, and signs in', async () => {
  answers = [
    [200, sent],
    [200, tokens],
  ]
  const done = await opened()
  await toCode()
  const field = screen.getByLabelText('验证码')
  expect(document.activeElement).toBe(field)
  expect(field.getAttribute('autocomplete')).toBe('one-time-code')
  expect(screen.getByRole('button', { name: /秒后可重新获取/ }).hasAttribute('disabled')).toBe(true)
  await userEvent.type(field, '271828')
  await userEvent.click(screen.getByRole('button', { name: '登录 / 注册' }))
  await vi.waitFor(() => expect(done).toHaveBeenCalledOnce())
  expect(asked.at(-1)?.path === '/v1/credits/access/sign-ins/current' || asked[1]).toBeTruthy()
  expect(asked[1]?.body).toEqual({ phone: PHONE, code_id: 'code-1', code: '271828', not_mine: false })
  expect(signedInAs.value).toBe(PHONE)
})

it('asks for more where the number may have changed hands, or begins a new account', async () => {
  const doubt = { code: 'NUMBER_IN_DOUBT', detail: '', next: '', accepts: ['certificate_number'] }
  answers = [
    [200, sent],
    [409, doubt],
    [200, tokens],
  ]
  const done = await opened()
  await toCode()
  await userEvent.type(screen.getByLabelText('验证码'), '271828')
  await userEvent.click(screen.getByRole('button', { name: '登录 / 注册' }))
  const group = await screen.findByRole('group', { name: /请补充证明/ })
  expect(within(group).getByLabelText('您登记的证书编号')).toBeTruthy()
  await userEvent.click(within(group).getByRole('checkbox'))
  await userEvent.click(screen.getByRole('button', { name: '登录 / 注册' }))
  await vi.waitFor(() => expect(done).toHaveBeenCalledOnce())
  expect(asked[2]?.body).toMatchObject({ not_mine: true })
})
