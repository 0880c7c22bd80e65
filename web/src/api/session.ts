// Signing in with Cognito, by its HTTP API. Tokens live in this tab only.

import { computed, ref } from 'vue'
import { Problem } from './problem'
import { timed } from './timed'

interface Config {
  cognitoUrl: string
  userPoolClientId: string
}

interface Tokens {
  email: string
  access: string
  refresh: string
  /** When the access token ends, milliseconds since 1970. */
  until: number
  /** When the list of sign-ins last heard of this one. */
  notedAt?: number
}

interface CognitoAnswer {
  AuthenticationResult?: { AccessToken: string; RefreshToken?: string; ExpiresIn: number }
  ChallengeName?: string
  Session?: string
  SecretCode?: string
  __type?: string
}

/** What signing in still takes: a password of one's own in place of the first, or a code of the second factor. */
export interface StepNeeded {
  step: 'newPassword' | 'code'
  email: string
  session: string
}

const STORED = 'xueshi.session'
const EARLY_MS = 60_000
const NOTE_EVERY_MS = 6 * 3_600_000
const STEPS: Record<string, StepNeeded['step']> = { NEW_PASSWORD_REQUIRED: 'newPassword', SOFTWARE_TOKEN_MFA: 'code' }

const tokens = ref<Tokens | null>(restored())
let config: Promise<Config> | null = null
let refreshing: Promise<string | null> | null = null

/** Who is signed in: the e-mail address, or null. */
export const signedInAs = computed(() => tokens.value?.email ?? null)

/** What staff may do. Whoever has no role is a learner. */
export type Role = 'editor' | 'reviewer' | 'finance' | 'auditor' | 'records' | 'administrator' | 'moderator' | 'support'

const named = computed(() => (tokens.value ? rolesOf(tokens.value.access) : []))

/** The staff's roles in the token. They only choose what is offered: every call is decided by the server. */
export const roles = computed(() => named.value.filter((role): role is Role => !['learner', 'unproven'].includes(role)))

/** Whether a learner is signed in: staff accounts keep no hours and buy nothing. */
export const isLearner = computed(() => named.value.includes('learner'))

/** Whether somebody of the staff signed in without a second factor, and so without a role. */
export const isUnproven = computed(() => named.value.includes('unproven'))

/** Signs in. The answer says what it still takes. Throws Problem. */
export async function signIn(email: string, password: string): Promise<StepNeeded | null> {
  const parameters = { USERNAME: email, PASSWORD: password }
  return proceed(email, await cognito('InitiateAuth', { AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: parameters }))
}

/** Chooses the new password and signs in. Throws Problem. */
export function chooseNewPassword(needed: StepNeeded, password: string): Promise<StepNeeded | null> {
  return respond(needed, 'NEW_PASSWORD_REQUIRED', { NEW_PASSWORD: password }, REFUSALS)
}

/** Enters a code of the second factor and signs in. Throws Problem. */
export function enterCode(needed: StepNeeded, code: string): Promise<StepNeeded | null> {
  return respond(needed, 'SOFTWARE_TOKEN_MFA', { SOFTWARE_TOKEN_MFA_CODE: code }, DEVICE)
}

async function respond(
  needed: StepNeeded,
  challenge: string,
  responses: Record<string, string>,
  refusals: Record<string, string>,
): Promise<StepNeeded | null> {
  const body = {
    ChallengeName: challenge,
    Session: needed.session,
    ChallengeResponses: { USERNAME: needed.email, ...responses },
  }
  return proceed(needed.email, await cognito('RespondToAuthChallenge', body, refusals))
}

function proceed(email: string, answer: CognitoAnswer): StepNeeded | null {
  const step = STEPS[answer.ChallengeName ?? '']
  if (step) return { step, email, session: answer.Session ?? '' }
  keep(email, answer, '')
  return null
}

/** A new device for codes: the secret that goes into an authenticator. It is asked for only once it is verified. */
export async function newDevice(): Promise<string> {
  const answer = await cognito('AssociateSoftwareToken', { AccessToken: await accessToken() }, DEVICE)
  return answer.SecretCode ?? ''
}

/** Proves that the device works; from now on sign-ins need its codes. Throws Problem. */
export async function verifyDevice(code: string): Promise<void> {
  const token = await accessToken()
  await cognito('VerifySoftwareToken', { AccessToken: token, UserCode: code }, DEVICE)
  const settings = { Enabled: true, PreferredMfa: true }
  await cognito('SetUserMFAPreference', { AccessToken: token, SoftwareTokenMfaSettings: settings }, DEVICE)
}

/** Asks for an account; a code goes to the address. Throws Problem. */
export async function register(email: string, password: string): Promise<void> {
  const attributes = [{ Name: 'email', Value: email }]
  await cognito('SignUp', { Username: email, Password: password, UserAttributes: attributes }, REGISTRATION)
}

/** Proves the address with the code that was sent to it. Throws Problem. */
export async function confirmRegistration(email: string, code: string): Promise<void> {
  await cognito('ConfirmSignUp', { Username: email, ConfirmationCode: code }, REGISTRATION)
}

/** Sends the code again. Throws Problem. */
export async function resendCode(email: string): Promise<void> {
  await cognito('ResendConfirmationCode', { Username: email }, REGISTRATION)
}

/** Sends a code with which a new password can be chosen, if the address has an account. Throws Problem. */
export async function forgotPassword(email: string): Promise<void> {
  await cognito('ForgotPassword', { Username: email }, REGISTRATION)
}

/** Chooses a new password with the code. Throws Problem. */
export async function resetPassword(email: string, code: string, password: string): Promise<void> {
  await cognito('ConfirmForgotPassword', { Username: email, ConfirmationCode: code, Password: password }, REGISTRATION)
}

/** Forgets the tokens here, and at Cognito if it can be reached. */
export function signOut(): void {
  const refresh = tokens.value?.refresh
  store(null)
  if (refresh) void cognito('RevokeToken', { Token: refresh }).catch(() => undefined)
}

/** A token for the API, renewed shortly before it ends; null for a visitor. */
export async function accessToken(): Promise<string | null> {
  if (tokens.value === null) return null
  return Date.now() < tokens.value.until - EARLY_MS ? tokens.value.access : renewed()
}

/** A new access token, or null when the sign-in has ended. Throws Problem when Cognito cannot be reached. */
export function renewed(): Promise<string | null> {
  refreshing ??= renew().finally(() => (refreshing = null))
  return refreshing
}

async function renew(): Promise<string | null> {
  const before = tokens.value
  if (before === null) return null
  try {
    const parameters = { REFRESH_TOKEN: before.refresh }
    const answer = await cognito('InitiateAuth', { AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: parameters })
    keep(before.email, answer, before.refresh)
    return tokens.value?.access ?? null
  } catch (thrown) {
    if (!(thrown instanceof Problem) || thrown.code !== 'WRONG_PASSWORD') throw thrown
    store(null)
    return null
  }
}

function keep(email: string, answer: CognitoAnswer, refresh: string): void {
  const result = answer.AuthenticationResult
  if (!result) throw new Problem(403, 'CHALLENGE_UNSUPPORTED', {}, answer.ChallengeName ?? '')
  const renews = result.RefreshToken ?? refresh
  store({
    email,
    access: result.AccessToken,
    refresh: renews,
    until: Date.now() + result.ExpiresIn * 1000,
    ...(refresh && tokens.value?.notedAt ? { notedAt: tokens.value.notedAt } : {}),
  })
  if (Date.now() - (tokens.value?.notedAt ?? 0) > NOTE_EVERY_MS) void note(result.AccessToken, renews)
}

/** Puts this sign-in on the person's list, from which it can be ended elsewhere. Without it one is signed in as well. */
async function note(access: string, refresh: string): Promise<void> {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${access}` }
  const body = JSON.stringify({ refresh_token: refresh })
  const answer = await timed('/v1/credits/access/sign-ins/current', { method: 'PUT', headers, body }).catch(() => null)
  if (answer?.ok && tokens.value?.refresh === refresh) store({ ...tokens.value, notedAt: Date.now() })
}

function rolesOf(token: string): string[] {
  try {
    const claims = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''
    const { roles: written = 'learner' } = JSON.parse(atob(claims)) as { roles?: string | string[] }
    return Array.isArray(written) ? written : written.split(' ')
  } catch {
    return []
  }
}

function store(next: Tokens | null): void {
  tokens.value = next
  if (next === null) sessionStorage.removeItem(STORED)
  else sessionStorage.setItem(STORED, JSON.stringify(next))
}

function restored(): Tokens | null {
  try {
    return JSON.parse(sessionStorage.getItem(STORED) ?? 'null') as Tokens | null
  } catch {
    return null
  }
}

const REFUSALS: Record<string, string> = {
  NotAuthorizedException: 'WRONG_PASSWORD',
  // The same words for an unknown address as for a wrong password: neither tells who has an account.
  UserNotFoundException: 'WRONG_PASSWORD',
  UserNotConfirmedException: 'USER_NOT_CONFIRMED',
  PasswordResetRequiredException: 'PASSWORD_RESET_REQUIRED',
  InvalidPasswordException: 'WEAK_PASSWORD',
  InvalidParameterException: 'WRONG_PASSWORD',
  TooManyRequestsException: 'TOO_MANY_REQUESTS',
  LimitExceededException: 'TOO_MANY_REQUESTS',
}

/** What the same refusals mean while an account is made. */
const REGISTRATION: Record<string, string> = {
  ...REFUSALS,
  NotAuthorizedException: 'WRONG_CODE',
  UserNotFoundException: 'WRONG_CODE',
  UsernameExistsException: 'EMAIL_TAKEN',
  InvalidParameterException: 'INVALID_EMAIL',
  CodeMismatchException: 'WRONG_CODE',
  ExpiredCodeException: 'CODE_EXPIRED',
}

/** What they mean where a code of a device is entered. */
const DEVICE: Record<string, string> = {
  ...REFUSALS,
  // The time in which the password counts is over.
  NotAuthorizedException: 'SIGN_IN_AGAIN',
  CodeMismatchException: 'WRONG_DEVICE_CODE',
  EnableSoftwareTokenMFAException: 'WRONG_DEVICE_CODE',
  // Cognito takes each code once.
  ExpiredCodeException: 'DEVICE_CODE_USED',
  InvalidParameterException: 'WRONG_DEVICE_CODE',
}

async function cognito(
  action: string,
  body: Record<string, unknown>,
  refusals: Record<string, string> = REFUSALS,
): Promise<CognitoAnswer> {
  const { cognitoUrl, userPoolClientId } = await configuration()
  const response = await timed(cognitoUrl, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': `AWSCognitoIdentityProviderService.${action}`,
    },
    body: JSON.stringify({ ClientId: userPoolClientId, ...body }),
  }).catch(() => {
    throw Problem.network()
  })
  const answer = (await response.json().catch(() => ({}))) as CognitoAnswer
  if (response.ok) return answer
  const kind = answer.__type?.split('#').at(-1) ?? ''
  throw new Problem(response.status, refusals[kind] ?? 'UNEXPECTED')
}

function configuration(): Promise<Config> {
  config ??= timed('/config.json')
    .then((response) => {
      if (!response.ok) throw Problem.of(response.status, null)
      return response.json() as Promise<Config>
    })
    .catch((thrown: unknown) => {
      config = null
      throw thrown instanceof Problem ? thrown : Problem.network()
    })
  return config
}
