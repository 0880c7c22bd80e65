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
}

interface CognitoAnswer {
  AuthenticationResult?: { AccessToken: string; RefreshToken?: string; ExpiresIn: number }
  ChallengeName?: string
  Session?: string
  __type?: string
}

/** The account has to choose a password of its own before it can sign in. */
export interface NewPasswordNeeded {
  email: string
  session: string
}

const STORED = 'xueshi.session'
const EARLY_MS = 60_000

const tokens = ref<Tokens | null>(restored())
let config: Promise<Config> | null = null
let refreshing: Promise<string | null> | null = null

/** Who is signed in: the e-mail address, or null. */
export const signedInAs = computed(() => tokens.value?.email ?? null)

/** The user pool's groups. Whoever is in none is a learner. */
export type Role = 'editor' | 'reviewer' | 'finance' | 'auditor' | 'records' | 'administrator' | 'moderator' | 'support'

/** The groups that the token names. They only choose what is offered: every call is decided by the server. */
export const roles = computed(() => (tokens.value ? groupsOf(tokens.value.access) : []))

/** Whether a learner is signed in: staff accounts keep no hours and buy nothing. */
export const isLearner = computed(() => tokens.value !== null && roles.value.length === 0)

/** Signs in. The answer says whether a new password has to be chosen first. Throws Problem. */
export async function signIn(email: string, password: string): Promise<NewPasswordNeeded | null> {
  const parameters = { USERNAME: email, PASSWORD: password }
  const answer = await cognito('InitiateAuth', { AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: parameters })
  if (answer.ChallengeName === 'NEW_PASSWORD_REQUIRED') return { email, session: answer.Session ?? '' }
  keep(email, answer, '')
  return null
}

/** Chooses the new password and signs in. Throws Problem. */
export async function chooseNewPassword(needed: NewPasswordNeeded, password: string): Promise<void> {
  const answer = await cognito('RespondToAuthChallenge', {
    ChallengeName: 'NEW_PASSWORD_REQUIRED',
    Session: needed.session,
    ChallengeResponses: { USERNAME: needed.email, NEW_PASSWORD: password },
  })
  keep(needed.email, answer, '')
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
  store({
    email,
    access: result.AccessToken,
    refresh: result.RefreshToken ?? refresh,
    until: Date.now() + result.ExpiresIn * 1000,
  })
}

function groupsOf(token: string): Role[] {
  try {
    const claims = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''
    const { 'cognito:groups': groups } = JSON.parse(atob(claims)) as { 'cognito:groups'?: Role[] }
    return Array.isArray(groups) ? groups : []
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
