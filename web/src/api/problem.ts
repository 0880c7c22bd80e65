// What went wrong, in the product's form: a stable code, a message and what to do next, in both languages.

import { locale, maybe, pick } from '../i18n'

interface Body {
  code?: unknown
  detail?: unknown
  detail_en?: unknown
  next?: unknown
  next_en?: unknown
  saved?: unknown
  errors?: unknown
}

/** One of several mistakes in what was sent: where it is, and what is wrong. */
export interface Mistake {
  line?: number
  pointer?: string
  message: string
  message_en?: string
}

/** The gateway answers these itself, without the product's codes. */
const GATEWAY: Record<number, string> = {
  401: 'NOT_SIGNED_IN',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'TOO_MANY_REQUESTS',
}

/** The API's words for these speak to whoever wrote the request; the client has its own for whoever filled in a form. */
const FOR_DEVELOPERS = new Set(['INVALID_REQUEST'])

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    private readonly body: Body = {},
    private readonly name_ = '',
  ) {
    super(code)
    this.name = 'Problem'
  }

  /** From an answer that was not a success. `body` is whatever could be read of it. */
  static of(status: number, body: unknown): Problem {
    const members: Body = typeof body === 'object' && body !== null ? body : {}
    if (typeof members.code === 'string') return new Problem(status, members.code, members)
    return new Problem(status, GATEWAY[status] ?? 'UNEXPECTED')
  }

  /** No answer at all. */
  static network(): Problem {
    return new Problem(0, 'NETWORK')
  }

  get detail(): string {
    const own = this.text('detail')
    return (
      own ?? (maybe(`problem.${this.code}`) ?? maybe('problem.UNEXPECTED') ?? this.code).replace('{name}', this.name_)
    )
  }

  get next(): string {
    return this.text('next') ?? maybe(`problem.${this.code}.next`) ?? maybe('problem.UNEXPECTED.next') ?? ''
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
    const found = (this.body as Record<string, unknown>)[member]
    return typeof found === 'string' ? found : undefined
  }

  /** Each mistake in what was sent, if the answer lists them. */
  get mistakes(): Mistake[] {
    return Array.isArray(this.body.errors) ? (this.body.errors as Mistake[]) : []
  }

  private text(member: 'detail' | 'next'): string | undefined {
    if (FOR_DEVELOPERS.has(this.code)) return undefined
    const chinese = this.body[member]
    const english = this.body[`${member}_en`]
    if (typeof chinese !== 'string') return undefined
    // Reading the language here makes a shown problem follow the language switch.
    return locale.value === 'zh' ? chinese : pick(chinese, typeof english === 'string' ? english : null)
  }
}

/** Whatever was thrown, as a problem. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  return thrown instanceof TypeError || thrown instanceof DOMException
    ? Problem.network()
    : new Problem(0, 'UNEXPECTED')
}
