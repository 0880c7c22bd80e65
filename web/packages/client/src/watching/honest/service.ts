/// <reference types="node" />

// The services' own handlers, in the process that started this one: a line of JSON asks, a line answers.

import createClient from 'openapi-fetch'
import { createInterface } from 'node:readline'
import { asProblem } from '../../problem.js'
import type { paths } from '../../generated/playback.js'
import type { Outcome, Request } from '../protocol.js'
import { send } from '../requests.js'

const COURSE = 'course'

interface Answered {
  status: number
  body: unknown
}

const waiting: ((answer: Answered) => void)[] = []

createInterface({ input: process.stdin }).on('line', (line) => waiting.shift()?.(JSON.parse(line) as Answered))

/** Tells the other process something. */
export function tell(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

/** The service at an instant of virtual time, which its clock shows. */
export class Handlers {
  private readonly api = createClient<paths>({ baseUrl: 'http://simulated', fetch: (request) => this.fetch(request) })
  private readonly place = { token: null, device: 'a-browser-of-the-simulation' }
  private at = 0

  /** Handles a request now. */
  async answer(request: Request, now: number): Promise<Outcome> {
    this.at = now
    try {
      return { kind: 'accepted', state: await send(this.api, COURSE, request, this.place) }
    } catch (thrown) {
      return { kind: 'refused', problem: asProblem(thrown) }
    }
  }

  private async fetch(request: Request_): Promise<Response> {
    const headers = Object.fromEntries(request.headers)
    tell({
      at: this.at,
      method: request.method,
      path: new URL(request.url).pathname,
      headers,
      body: await request.text(),
    })
    const answer = await new Promise<Answered>((resolve) => waiting.push(resolve))
    return Response.json(answer.body, { status: answer.status })
  }
}

type Request_ = globalThis.Request
