import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { result } from './answers.js'
import { connect } from './client.js'
import { Pool } from './pool.js'
import { rolesIn, Session, type Kept } from './session.js'

const ORIGIN = 'https://xueshi.test'
const COGNITO = `${ORIGIN}/cognito/`

interface Asked {
  url: string
  action: string
  token: string | null
  body: Record<string, unknown>
}

/** The pool's answers by action, each in turn and the last ever after; and 401 for every token but the newest. */
function world(answers: Record<string, [number, object][]>) {
  const asked: Asked[] = []
  let newest = ''
  vi.stubGlobal('fetch', async (input: string | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    const text = await request.text()
    const action = request.headers.get('X-Amz-Target')?.split('.')[1] ?? ''
    const token = request.headers.get('Authorization')
    asked.push({ url: request.url, action, token, body: text ? (JSON.parse(text) as Asked['body']) : {} })
    if (request.url.endsWith('/config.json')) return Response.json({ cognitoUrl: '/cognito/', userPoolClientId: 'c1' })
    if (request.url !== COGNITO)
      return token === `Bearer ${newest}`
        ? Response.json({ entries: [] })
        : Response.json({ message: 'Unauthorized' }, { status: 401 })
    const steps = answers[action] ?? []
    const [status, body] = (steps.length > 1 ? steps.shift() : steps[0]) ?? [400, {}]
    if ('AuthenticationResult' in body) newest = (body.AuthenticationResult as { AccessToken: string }).AccessToken
    return Response.json(body, { status })
  })
  return { asked, of: (action: string) => asked.filter((each) => each.action === action) }
}

const tokens = (access: string, more = {}) =>
  [200, { AuthenticationResult: { AccessToken: access, ExpiresIn: 900, ...more } }] as [number, object]
const refused = (kind: string): [number, object] => [400, { __type: `com.amazonaws#${kind}` }]

let kept: Kept
let session: Session

describe('a sign-in', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    kept = { tokens: null }
    session = new Session(new Pool(ORIGIN), kept)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('keeps its tokens and goes on the list of sign-ins', async () => {
    const { asked } = world({ InitiateAuth: [tokens('a1', { RefreshToken: 'r1' })] })
    expect(await session.signIn('you@xueshi.test', 'secret')).toBeNull()
    expect(await session.accessToken()).toBe('a1')
    await session.noted()
    expect(kept.tokens?.notedAt).toBeDefined()
    expect(asked.at(-1)).toMatchObject({
      url: `${ORIGIN}/v1/credits/access/sign-ins/current`,
      token: 'Bearer a1',
      body: { refresh_token: 'r1' },
    })
  })

  it('says what it still takes, and takes it', async () => {
    const code = [200, { ChallengeName: 'SOFTWARE_TOKEN_MFA', Session: 's1' }] as [number, object]
    const { of } = world({ InitiateAuth: [code], RespondToAuthChallenge: [tokens('a1', { RefreshToken: 'r1' })] })
    const needed = await session.signIn('you@xueshi.test', 'secret')
    expect(needed).toEqual({ step: 'code', email: 'you@xueshi.test', session: 's1' })
    expect(kept.tokens).toBeNull()
    expect(await session.enterCode(needed!, '123456')).toBeNull()
    expect(of('RespondToAuthChallenge')[0]?.body).toMatchObject({
      Session: 's1',
      ChallengeResponses: { SOFTWARE_TOKEN_MFA_CODE: '123456' },
    })
  })

  it.each([
    ['NotAuthorizedException', 'WRONG_PASSWORD'],
    ['UserNotFoundException', 'WRONG_PASSWORD'],
    ['TooManyRequestsException', 'TOO_MANY_REQUESTS'],
    ['SomethingNew', 'UNEXPECTED'],
  ])('that is refused with %s is a problem %s', async (kind, code) => {
    world({ InitiateAuth: [refused(kind)] })
    await expect(session.signIn('you@xueshi.test', 'wrong')).rejects.toMatchObject({ code, status: 400 })
  })

  it('that needs what this client does not know is refused by name', async () => {
    world({ InitiateAuth: [[200, { ChallengeName: 'SMS_MFA' }]] })
    await expect(session.signIn('you@xueshi.test', 'secret')).rejects.toMatchObject({
      code: 'CHALLENGE_UNSUPPORTED',
      body: { challenge: 'SMS_MFA' },
    })
  })

  it('is renewed a minute before it ends, once for all who ask', async () => {
    const { of } = world({ InitiateAuth: [tokens('a1', { RefreshToken: 'r1' }), tokens('a2')] })
    await session.signIn('you@xueshi.test', 'secret')
    vi.advanceTimersByTime(839_000)
    expect(await session.accessToken()).toBe('a1')
    vi.advanceTimersByTime(2_000)
    expect(await Promise.all([session.accessToken(), session.accessToken()])).toEqual(['a2', 'a2'])
    expect(of('InitiateAuth')).toHaveLength(2)
    // The pool gives no other refresh token with it.
    expect(kept.tokens?.refresh).toBe('r1')
  })

  it('is renewed when the gateway refuses its token, and the request sent again', async () => {
    const { asked } = world({ InitiateAuth: [tokens('a1', { RefreshToken: 'r1' }), tokens('a2')] })
    await session.signIn('you@xueshi.test', 'secret')
    kept.tokens = { ...kept.tokens!, access: 'an-old-one' }
    const { credits } = connect(session, ORIGIN)
    expect(await result(credits.GET('/v1/credits/timeline'))).toEqual({ entries: [] })
    const sent = asked.filter(({ url }) => url.endsWith('/timeline')).map(({ token }) => token)
    expect(sent).toEqual(['Bearer an-old-one', 'Bearer a2'])
  })

  it('that was ended elsewhere is over', async () => {
    world({ InitiateAuth: [tokens('a1', { RefreshToken: 'r1' }), refused('NotAuthorizedException')] })
    await session.signIn('you@xueshi.test', 'secret')
    expect(await session.renewed()).toBeNull()
    expect(kept.tokens).toBeNull()
  })

  it('that cannot be renewed for want of a network is not over', async () => {
    world({ InitiateAuth: [tokens('a1', { RefreshToken: 'r1' })] })
    await session.signIn('you@xueshi.test', 'secret')
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')))
    await expect(session.renewed()).rejects.toMatchObject({ code: 'NETWORK' })
    expect(kept.tokens?.access).toBe('a1')
  })

  it('is forgotten here and at the pool', async () => {
    const { of } = world({ InitiateAuth: [tokens('a1', { RefreshToken: 'r1' })], RevokeToken: [[200, {}]] })
    await session.signIn('you@xueshi.test', 'secret')
    session.signOut()
    expect(kept.tokens).toBeNull()
    await vi.waitFor(() => expect(of('RevokeToken')[0]?.body).toMatchObject({ Token: 'r1' }))
  })
})

describe('the roles in a token', () => {
  const token = (claims: object) => `h.${btoa(JSON.stringify(claims))}.s`

  it('are a list or words, a learner where there are none, and nothing where it is no token', () => {
    expect(rolesIn(token({ roles: ['editor'] }))).toEqual(['editor'])
    expect(rolesIn(token({ roles: 'editor finance' }))).toEqual(['editor', 'finance'])
    expect(rolesIn(token({}))).toEqual(['learner'])
    expect(rolesIn('none')).toEqual([])
  })
})
