// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { screen } from '@testing-library/dom'
import { userEvent } from '@testing-library/user-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { onPage } from '../components/mounting'
import { session } from '../api/session'
import SignInPage from './SignInPage.vue'

const CONFIG = { cognitoUrl: '/cognito/', userPoolClientId: 'c', signIn: 'phone email wechat' }
const NEEDS_CODE = { ChallengeName: 'SOFTWARE_TOKEN_MFA', Session: 's' }
const TOKENS = { AuthenticationResult: { AccessToken: 'a.b.c', RefreshToken: 'r', ExpiresIn: 900 } }
let answers: object[] = []

function answering(input: Request | string): Promise<Response> {
  const { pathname } = new URL(new Request(input).url)
  if (pathname === '/config.json') return Promise.resolve(Response.json(CONFIG))
  return Promise.resolve(Response.json(pathname === '/cognito/' ? answers.shift() : {}))
}

beforeEach(() => {
  localStorage.clear()
  vi.stubGlobal('fetch', answering)
})
afterEach(() => {
  session.signOut()
  vi.unstubAllGlobals()
})

/** The page, asked for on the way to the workbench. */
async function opened() {
  const page = await onPage('staff', 'register', 'resetPassword', 'recovery')
  const [router] = page.global.plugins
  await router.push('/here?to=/staff')
  mount(SignInPage, page)
  return router
}

it('asks staff for a code after the password, and goes on with it', async () => {
  answers = [NEEDS_CODE, TOKENS]
  const router = await opened()
  await userEvent.click(await screen.findByRole('tab', { name: '邮箱' }))
  await userEvent.type(screen.getByRole('textbox', { name: '邮箱' }), 'reviewer@xueshi.test')
  await userEvent.type(screen.getByLabelText('密码'), 'secret-enough')
  await userEvent.click(screen.getByRole('button', { name: '登录' }))
  const code = await screen.findByLabelText('动态验证码')
  await vi.waitFor(() => expect(document.activeElement).toBe(code))
  expect(router.currentRoute.value.path).toBe('/here')
  await userEvent.type(code, '123456')
  await userEvent.click(screen.getByRole('button', { name: '登录' }))
  await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/staff'))
})
