// The user pool's HTTP API (Amazon Cognito), where tokens come from.

import { Problem, type Code } from './problem.js'
import { timed } from './timed.js'

/** A way to sign in that a stage offers. */
export type Way = 'phone' | 'email' | 'wechat'

/** Where the pool is, as `/config.json` of the origin says. */
interface Config {
  cognitoUrl: string
  userPoolClientId: string
  /** The ways, in the order in which they are offered; where another issuer signs people in, they are its own. */
  signIn?: string
}

/** What the pool answers, as far as it is read. */
export interface PoolAnswer {
  AuthenticationResult?: { AccessToken: string; RefreshToken?: string; ExpiresIn: number }
  ChallengeName?: string
  Session?: string
  SecretCode?: string
  __type?: string
}

/** What the pool's exceptions mean while somebody signs in. */
export const REFUSALS: Record<string, Code> = {
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

/** What they mean where a code of a device is entered. */
export const CODE_REFUSALS: Record<string, Code> = {
  ...REFUSALS,
  // The time in which the password counts is over.
  NotAuthorizedException: 'SIGN_IN_AGAIN',
  CodeMismatchException: 'WRONG_DEVICE_CODE',
  EnableSoftwareTokenMFAException: 'WRONG_DEVICE_CODE',
  // Cognito takes each code once.
  ExpiredCodeException: 'DEVICE_CODE_USED',
  InvalidParameterException: 'WRONG_DEVICE_CODE',
}

/** The pool of an origin. */
export class Pool {
  private config: Promise<Config> | null = null

  /** @param origin nothing for the origin of the page */
  constructor(readonly origin = '') {}

  /** Carries out one of the pool's public actions. Throws Problem, with the code that `refusals` has for the answer. */
  async call(action: string, body: Record<string, unknown>, refusals = REFUSALS): Promise<PoolAnswer> {
    const { cognitoUrl, userPoolClientId } = await this.configuration()
    const url = cognitoUrl.startsWith('/') ? this.origin + cognitoUrl : cognitoUrl
    const response = await timed(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': `AWSCognitoIdentityProviderService.${action}`,
      },
      body: JSON.stringify({ ClientId: userPoolClientId, ...body }),
    }).catch(() => {
      throw Problem.network()
    })
    const answer = (await response.json().catch(() => ({}))) as PoolAnswer
    if (response.ok) return answer
    const kind = answer.__type?.split('#').at(-1) ?? ''
    throw new Problem(response.status, refusals[kind] ?? 'UNEXPECTED')
  }

  /** How people sign in here, the first offered first. Throws Problem. */
  async waysToSignIn(): Promise<Way[]> {
    const { signIn: offered = 'email' } = await this.configuration()
    return offered.split(' ') as Way[]
  }

  private configuration(): Promise<Config> {
    this.config ??= timed(`${this.origin}/config.json`)
      .then((response) => {
        if (!response.ok) throw Problem.of(response.status, null)
        return response.json() as Promise<Config>
      })
      .catch((thrown: unknown) => {
        this.config = null
        throw thrown instanceof Problem ? thrown : Problem.network()
      })
    return this.config
  }
}
