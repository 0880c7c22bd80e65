// What was found in a file, as lines for people: what is proved, and what is not.

import { moment } from '../i18n/format'
import type { Result } from './check'
import { t } from './messages'
import { promptsNeeded, type Pack } from './packs'
import type { Statement } from './statements'

const OF_PACKS = ['made', 'person', 'name', 'clock', 'hours', 'witnesses'] as const
const OF_CERTIFICATES = ['deserved', 'holder', 'standing', 'watching', 'witnesses'] as const

/** What a file proves that was accepted. */
export function proved({ pack, statement, keyId, proof, cosignedAt }: Result): string[] {
  const lines = [...(pack ? ofPack(pack, keyId ?? '') : []), ...(statement ? ofStatement(statement) : [])]
  if (proof) {
    const place = { log: proof.note.origin, place: `${proof.index + 1n}`, size: `${proof.note.size}` }
    lines.push(t('check.proved.logged', place))
  }
  if (cosignedAt.length === 0) lines.push(t('check.proved.nobody'))
  return [...lines, ...cosignedAt.map(([name, at]) => t('check.proved.witness', { name, at: time(at * 1000) }))]
}

function ofPack({ watch, legs, policy }: Pack, key: string): string[] {
  const { learner_id: learner, course_id: course, content_version: version, basis, number, max_rate: rate } = watch
  const wrong = legs.filter((leg) => leg.kind === 'answered_wrong').length
  const [seconds, length] = [watch.furthest_ms / 1000, watch.duration_ms / 1000]
  return [
    t('check.proved.signed', { key }),
    t('check.proved.watch', { learner, course, from: time(watch.started_at), to: time(watch.completed_at) }),
    t('check.proved.basis', { number, version, basis }),
    t('check.proved.legs', { legs: legs.length, seconds, length, prompts: watch.confirmed, wrong }),
    t('check.proved.rate', { rate }),
    t('check.proved.rules', {
      id: policy.id,
      from: policy.effective_from,
      prompts: promptsNeeded(watch, policy),
      gap: policy.gap_cap_ms / 1000,
      day: policy.daily_cap_ms / 3_600_000,
      tail: policy.tail_tolerance_ms / 1000,
      beat: policy.beat_interval_ms / 1000,
      lease: policy.lease_ms / 1000,
    }),
  ]
}

function ofStatement(statement: Statement): string[] {
  const { code, credential, hours, period_start: start, period_end: end } = statement
  const category = t(statement.category === 'compulsory' ? 'course.compulsory' : 'course.elective')
  const [issued, completed] = [statement.issued_at, statement.completed_at].map((text) => time(Date.parse(text)))
  return [
    t('check.proved.certificate', { code, credential, hours, category, at: completed ?? '' }),
    t('check.proved.period', { at: issued ?? '', start, end: end ?? '…' }),
  ]
}

/** What it does not prove all the same. */
export function notProved({ pack }: Result): string[] {
  return (pack ? OF_PACKS : OF_CERTIFICATES).map((what) => t(`check.open.${what}`))
}

/** An instant as people read it; the bare number where no calendar has it. */
function time(at: number): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? `${at}` : moment(date.toISOString()) + t('check.zone')
}
