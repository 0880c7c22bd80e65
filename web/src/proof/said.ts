// What was found in a file, as lines for people: what is proved, and what is not.

import { moment } from '../i18n/format'
import type { Result } from './check'
import { t } from './messages'

const OF_PACKS = ['person', 'name', 'clock', 'hours', 'witnesses'] as const
const OF_CERTIFICATES = ['holder', 'standing', 'watching', 'witnesses'] as const

/** What a file proves that was accepted. */
export function proved({ pack, statement, keyId, proof, cosignedAt }: Result): string[] {
  const lines: string[] = []
  if (pack) {
    const { watch, legs } = pack
    const times = { from: time(watch.started_at), to: time(watch.completed_at) }
    lines.push(t('check.proved.signed', { key: keyId ?? '' }))
    lines.push(t('check.proved.watch', { learner: watch.learner_id, course: watch.course_id, ...times }))
    const wrong = legs.filter((leg) => leg.kind === 'answered_wrong').length
    const [seconds, length] = [watch.furthest_ms / 1000, watch.duration_ms / 1000]
    lines.push(t('check.proved.legs', { legs: legs.length, seconds, length, prompts: watch.confirmed, wrong }))
    lines.push(t('check.proved.rate', { rate: watch.max_rate }))
  }
  if (statement) {
    const { code, credential, hours } = statement
    lines.push(t('check.proved.certificate', { code, credential, hours, at: time(Date.parse(statement.completed_at)) }))
  }
  if (proof) {
    lines.push(
      t('check.proved.logged', { log: proof.note.origin, index: `${proof.index}`, size: `${proof.note.size}` }),
    )
  }
  if (cosignedAt.length === 0) lines.push(t('check.proved.nobody'))
  return [...lines, ...cosignedAt.map(([name, at]) => t('check.proved.witness', { name, at: time(at * 1000) }))]
}

/** What it does not prove all the same. */
export function notProved({ pack }: Result): string[] {
  return (pack ? OF_PACKS : OF_CERTIFICATES).map((what) => t(`check.open.${what}`))
}

/** An instant as people read it; the bare number where no calendar has it. */
function time(at: number): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? `${at}` : moment(date.toISOString())
}
