// Watches a course to its hours: node watch.ts https://the.site you@example.com your-password the-course-id
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, initial, isEntitled, network, newKey, PlayerSession, Pool, result, Session } from '@xueshi/client'
import type { Problem, Prompt } from '@xueshi/client'

const [origin = '', email = '', password = '', course_id = ''] = process.argv.slice(2)
const person = createInterface({ input: process.stdin, output: process.stdout })
const session = new Session(new Pool(origin))
if (await session.signIn(email, password)) throw new Error('This account needs one step more: sign in on the site.')
const api = connect(session, origin)
if (!(await isEntitled(api, course_id))) {
  const params = { header: { 'Idempotency-Key': newKey() } }
  await result(api.orders.POST('/v1/orders/claims', { params, body: { course_id } }))
}
// A lecture without a picture: its position, in milliseconds, goes on with the clock while it plays.
let [position, playing, asked, model] = [0, false, '', initial<Problem>()]
const media = {
  position: () => position,
  load: (url: string) => console.log(`The lecture begins at ${url}`),
  play: () => Promise.resolve(void (playing = true)),
  pause: () => void (playing = false),
  seek: (to: number) => void (position = to),
}
const ports = { ...network(api, course_id, { token: null, device: newKey() }), media }
const player = new PlayerSession<Problem>({ ...ports, changed: (next) => void (model = next) })
player.dispatch({ type: 'open', entitled: true })
player.dispatch({ type: 'play' })
async function ask({ nonce, question }: Prompt): Promise<void> {
  asked = nonce
  const said = await person.question(question ? `${question.text} (${question.choices.join(' / ')}) ` : 'Still there? ')
  const choice = question?.choices.indexOf(said)
  if (choice === -1) asked = ''
  else player.dispatch({ type: 'confirm', choice })
}
for (let last = performance.now(); model.phase !== 'completed'; await sleep(250)) {
  const now = performance.now()
  position = Math.min(position + (playing ? now - last : 0), model.watch?.duration_ms ?? Infinity)
  last = now
  if (playing && position === model.watch?.duration_ms) player.dispatch({ type: 'ended', position })
  else player.poll()
  if (model.watch?.prompt && model.watch.prompt.nonce !== asked) void ask(model.watch.prompt)
  if (model.problem) throw model.problem
}
person.close()
for (let earned: object[] = []; earned.length === 0; await sleep(1_000)) {
  const { entries } = await result(api.credits.GET('/v1/credits/timeline'))
  earned = entries.filter((entry) => entry.course_id === course_id)
  earned.forEach((entry) => console.log(JSON.stringify(entry)))
}
