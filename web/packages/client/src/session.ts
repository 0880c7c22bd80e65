// Who is signed in: tokens for the API, renewed shortly before they end.

import { CODE_REFUSALS, Pool, type PoolAnswer } from './pool.js'
import { Problem, type Code } from './problem.js'
import { timed } from './timed.js'

/** What a sign-in is kept as. */
export interface Tokens {
  email: string
  access: string
  refresh: string
  /** When the access token ends, milliseconds since 1970. */
  until: number
  /** When the list of sign-ins last heard of this one. */
  notedAt?: number
}

/** Where tokens are kept; in memory unless told otherwise. */
export interface Kept {
  tokens: Tokens | null
}

/** What signing in still takes: a password of one's own in place of the first, or a code of the second factor. */
export interface StepNeeded {
  step: 'newPassword' | 'code'
  email: string
  session: string
}

const EARLY_MS = 60_000
const NOTE_EVERY_MS = 6 * 3_600_000
const STEPS: Record<string, StepNeeded['step']> = { NEW_PASSWORD_REQUIRED: 'newPassword', SOFTWARE_TOKEN_MFA: 'code' }

/** A person's sign-in at the pool. */
export class Session {
  private refreshing: Promise<string | null> | null = null
  private noting: Promise<void> = Promise.resolve()

  constructor(
    private readonly pool: Pool,
    private readonly kept: Kept = { tokens: null },
  ) {}

  /** Signs in. The answer says what it still takes. Throws Problem. */
  async signIn(email: string, password: string): Promise<StepNeeded | null> {
    const parameters = { USERNAME: email, PASSWORD: password }
    const body = { AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: parameters }
    return this.proceed(email, await this.pool.call('InitiateAuth', body))
  }

  /** Chooses the new password and signs in. Throws Problem. */
  chooseNewPassword(needed: StepNeeded, password: string): Promise<StepNeeded | null> {
    return this.respond(needed, 'NEW_PASSWORD_REQUIRED', { NEW_PASSWORD: password })
  }

  /** Enters a code of the second factor and signs in. Throws Problem. */
  enterCode(needed: StepNeeded, code: string): Promise<StepNeeded | null> {
    return this.respond(needed, 'SOFTWARE_TOKEN_MFA', { SOFTWARE_TOKEN_MFA_CODE: code }, CODE_REFUSALS)
  }

  /** Signs in with what a service answered, which has proven somebody by other means than a password. */
  enterWith(shown: string, tokens: { access_token: string; refresh_token: string; expires_in: number }): void {
    const { access_token: AccessToken, refresh_token: RefreshToken, expires_in: ExpiresIn } = tokens
    this.keep(shown, { AuthenticationResult: { AccessToken, RefreshToken, ExpiresIn } }, '')
  }

  /** Replaces the password, by the one of now. Throws Problem. */
  async changePassword(before: string, next: string): Promise<void> {
    const body = { AccessToken: await this.accessToken(), PreviousPassword: before, ProposedPassword: next }
    await this.pool.call('ChangePassword', body)
  }

  /** Takes the pool's answer to a sign-in: the tokens, or what it still takes. Throws Problem. */
  proceed(email: string, answer: PoolAnswer): StepNeeded | null {
    const step = STEPS[answer.ChallengeName ?? '']
    if (step) return { step, email, session: answer.Session ?? '' }
    this.keep(email, answer, '')
    return null
  }

  /** Forgets the tokens here, and at the pool if it can be reached. */
  signOut(): void {
    const refresh = this.kept.tokens?.refresh
    this.kept.tokens = null
    if (refresh) void this.pool.call('RevokeToken', { Token: refresh }).catch(() => undefined)
  }

  /** A token for the API, renewed shortly before it ends; null for a visitor. */
  async accessToken(): Promise<string | null> {
    const { tokens } = this.kept
    if (tokens === null) return null
    return Date.now() < tokens.until - EARLY_MS ? tokens.access : this.renewed()
  }

  /** A new access token, or null when the sign-in has ended. Throws Problem when the pool cannot be reached. */
  renewed(): Promise<string | null> {
    this.refreshing ??= this.renew().finally(() => (this.refreshing = null))
    return this.refreshing
  }

  /** Resolves once this sign-in is on the person's list, or could not be put there. */
  noted(): Promise<void> {
    return this.noting
  }

  private async respond(
    needed: StepNeeded,
    challenge: string,
    responses: Record<string, string>,
    refusals?: Record<string, Code>,
  ): Promise<StepNeeded | null> {
    const body = {
      ChallengeName: challenge,
      Session: needed.session,
      ChallengeResponses: { USERNAME: needed.email, ...responses },
    }
    return this.proceed(needed.email, await this.pool.call('RespondToAuthChallenge', body, refusals))
  }

  private async renew(): Promise<string | null> {
    const before = this.kept.tokens
    if (before === null) return null
    try {
      const body = { AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: before.refresh } }
      this.keep(before.email, await this.pool.call('InitiateAuth', body), before.refresh)
      return this.kept.tokens?.access ?? null
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.code !== 'WRONG_PASSWORD') throw thrown
      this.kept.tokens = null
      return null
    }
  }

  private keep(email: string, answer: PoolAnswer, refresh: string): void {
    const result = answer.AuthenticationResult
    if (!result) throw new Problem(403, 'CHALLENGE_UNSUPPORTED', { challenge: answer.ChallengeName ?? '' })
    const notedAt = refresh ? this.kept.tokens?.notedAt : undefined
    const renews = result.RefreshToken ?? refresh
    const until = Date.now() + result.ExpiresIn * 1000
    this.kept.tokens = { email, access: result.AccessToken, refresh: renews, until, ...(notedAt ? { notedAt } : {}) }
    if (Date.now() - (notedAt ?? 0) > NOTE_EVERY_MS) this.noting = this.note(result.AccessToken, renews)
  }

  /** Puts this sign-in on the person's list, from which it can be ended elsewhere. Without it one is signed in as well. */
  private async note(access: string, refresh: string): Promise<void> {
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${access}` }
    const body = JSON.stringify({ refresh_token: refresh })
    const url = `${this.pool.origin}/v1/credits/access/sign-ins/current`
    const answer = await timed(url, { method: 'PUT', headers, body }).catch(() => null)
    const { tokens } = this.kept
    if (answer?.ok && tokens?.refresh === refresh) this.kept.tokens = { ...tokens, notedAt: Date.now() }
  }
}

/** What a token says that its owner may do; only to choose what is offered, since every call is decided by the server. */
export function rolesIn(token: string): string[] {
  const claims = claimsOf(token)
  if (!claims) return []
  const { roles: written = 'learner' } = claims
  return Array.isArray(written) ? written : written.split(' ')
}

/** The id of a token's owner, by which staff find them; '' where it says none. */
export function idIn(token: string): string {
  return claimsOf(token)?.sub ?? ''
}

function claimsOf(token: string): { sub?: string; roles?: string | string[] } | null {
  try {
    const claims = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''
    return JSON.parse(atob(claims)) as { sub?: string; roles?: string | string[] }
  } catch {
    return null
  }
}
