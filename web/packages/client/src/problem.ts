// What went wrong, in the product's form: a stable code, a message and what to do next, in both languages (RFC 9457).

import type { ErrorCode } from './generated/codes.js'

/** What the client says by itself: there was no answer, or one that is not of the product's form. */
export type OwnCode = 'NETWORK' | 'UNEXPECTED' | 'FORBIDDEN' | 'TOO_MANY_REQUESTS'

/** A code of this release's services, one of the client's own, or one that came with a later release. */
export type Code = ErrorCode | OwnCode | (string & {})

export type Language = 'zh' | 'en'

/** One of several mistakes in what was sent: where it is, and what is wrong. */
export interface Mistake {
  line?: number
  pointer?: string
  message: string
  message_en?: string
}

/** The gateway answers these itself, without the product's codes. */
const GATEWAY: Record<number, Code> = {
  401: 'NOT_SIGNED_IN',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'TOO_MANY_REQUESTS',
}

/** A refusal, which changed nothing; or an answer that did not come, after which nobody knows. */
export class Problem extends Error {
  constructor(
    /** Of the answer; 0 where there was none. */
    readonly status: number,
    readonly code: Code,
    /** The members of the answer's body. */
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {
    super(code)
    this.name = 'Problem'
  }

  /** From an answer that was not a success. `body` is whatever could be read of it. */
  static of(status: number, body: unknown): Problem {
    const members = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
    if (typeof members.code === 'string') return new Problem(status, members.code, members)
    return new Problem(status, GATEWAY[status] ?? 'UNEXPECTED')
  }

  /** No answer at all. */
  static network(): Problem {
    return new Problem(0, 'NETWORK')
  }

  /** What happened, or what to do next, in the service's words; Chinese where it has no English. */
  text(member: 'detail' | 'next', language: Language): string | undefined {
    const chinese = this.reference(member)
    return language === 'zh' ? chinese : (this.reference(`${member}_en`) ?? chinese)
  }

  /** How much of the lecture was saved, if the answer says so. */
  get saved(): { furthest_ms: number } | undefined {
    const { saved } = this.body
    if (typeof saved !== 'object' || saved === null || !('furthest_ms' in saved)) return undefined
    return typeof saved.furthest_ms === 'number' ? { furthest_ms: saved.furthest_ms } : undefined
  }

  /** Whether the refusal points at this field of the request's body. */
  concerns(field: string): boolean {
    return this.mistakes.some(({ pointer }) => pointer === `/${field}`)
  }

  /** Another member of the answer that names something, such as `order_id`. */
  reference(member: string): string | undefined {
    const found = this.body[member]
    return typeof found === 'string' ? found : undefined
  }

  /** Another member of the answer that lists words, such as `accepts`. */
  list(member: string): string[] {
    const found = this.body[member]
    return Array.isArray(found) ? found.map(String) : []
  }

  /** Each mistake in what was sent, if the answer lists them. */
  get mistakes(): Mistake[] {
    return Array.isArray(this.body.errors) ? (this.body.errors as Mistake[]) : []
  }
}

/** Whatever was thrown, as a problem. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  return thrown instanceof TypeError || thrown instanceof DOMException
    ? Problem.network()
    : new Problem(0, 'UNEXPECTED')
}
