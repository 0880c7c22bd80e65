// Signing in, and what the pages need of it. Tokens live in this tab only.

import { CODE_REFUSALS, Pool, REFUSALS, idIn, rolesIn, Session, type Tokens, type Way } from '@xueshi/client'
import { computed, ref } from 'vue'

const STORED = 'xueshi.session'

const tokens = ref<Tokens | null>(restored())
const pool = new Pool()

/** Who is signed in here, to the APIs. */
export const session = new Session(pool, {
  get tokens() {
    return tokens.value
  },
  set tokens(next) {
    tokens.value = next
    if (next === null) sessionStorage.removeItem(STORED)
    else sessionStorage.setItem(STORED, JSON.stringify(next))
  },
})

/** Who is signed in: the e-mail address, the number or what else it was done with, or null. */
export const signedInAs = computed(() => tokens.value?.email ?? null)

/** The id of who is signed in, by which staff find them; "" where nobody is. */
export const ownId = computed(() => (tokens.value ? idIn(tokens.value.access) : ''))

/** What staff may do. Whoever has no role is a learner. */
export type Role = 'editor' | 'reviewer' | 'finance' | 'auditor' | 'records' | 'administrator' | 'moderator' | 'support'

const named = computed(() => (tokens.value ? rolesIn(tokens.value.access) : []))

/** The staff's roles in the token. They only choose what is offered: every call is decided by the server. */
export const roles = computed(() => named.value.filter((role): role is Role => !['learner', 'unproven'].includes(role)))

/** Whether a learner is signed in: staff accounts keep no hours and buy nothing. */
export const isLearner = computed(() => named.value.includes('learner'))

/** Whether somebody of the staff signed in without a second factor, and so without a role. */
export const isUnproven = computed(() => named.value.includes('unproven'))

/** How people sign in here, the first offered first. Throws Problem. */
export const waysToSignIn = (): Promise<Way[]> => pool.waysToSignIn()

/** What the pool's refusals mean while an account is made. */
const REGISTRATION: Record<string, string> = {
  ...REFUSALS,
  NotAuthorizedException: 'WRONG_CODE',
  UserNotFoundException: 'WRONG_CODE',
  UsernameExistsException: 'EMAIL_TAKEN',
  InvalidParameterException: 'INVALID_EMAIL',
  CodeMismatchException: 'WRONG_CODE',
  ExpiredCodeException: 'CODE_EXPIRED',
}

/** A new device for codes: the secret that goes into an authenticator. It is asked for only once it is verified. */
export async function newDevice(): Promise<string> {
  const answer = await pool.call('AssociateSoftwareToken', { AccessToken: await session.accessToken() }, CODE_REFUSALS)
  return answer.SecretCode ?? ''
}

/** Proves that the device works; from now on sign-ins need its codes. Throws Problem. */
export async function verifyDevice(code: string): Promise<void> {
  const token = await session.accessToken()
  await pool.call('VerifySoftwareToken', { AccessToken: token, UserCode: code }, CODE_REFUSALS)
  const settings = { Enabled: true, PreferredMfa: true }
  await pool.call('SetUserMFAPreference', { AccessToken: token, SoftwareTokenMfaSettings: settings }, CODE_REFUSALS)
}

/** Asks for an account; a code goes to the address. Throws Problem. */
export async function register(email: string, password: string): Promise<void> {
  const attributes = [{ Name: 'email', Value: email }]
  await pool.call('SignUp', { Username: email, Password: password, UserAttributes: attributes }, REGISTRATION)
}

/** Proves the address with the code that was sent to it. Throws Problem. */
export async function confirmRegistration(email: string, code: string): Promise<void> {
  await pool.call('ConfirmSignUp', { Username: email, ConfirmationCode: code }, REGISTRATION)
}

/** Sends the code again. Throws Problem. */
export async function resendCode(email: string): Promise<void> {
  await pool.call('ResendConfirmationCode', { Username: email }, REGISTRATION)
}

/** Sends a code with which a new password can be chosen, if the address has an account. Throws Problem. */
export async function forgotPassword(email: string): Promise<void> {
  await pool.call('ForgotPassword', { Username: email }, REGISTRATION)
}

/** Chooses a new password with the code. Throws Problem. */
export async function resetPassword(email: string, code: string, password: string): Promise<void> {
  await pool.call(
    'ConfirmForgotPassword',
    { Username: email, ConfirmationCode: code, Password: password },
    REGISTRATION,
  )
}

function restored(): Tokens | null {
  try {
    return JSON.parse(sessionStorage.getItem(STORED) ?? 'null') as Tokens | null
  } catch {
    return null
  }
}
