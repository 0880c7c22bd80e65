// By what staff find a learner. The server decides; here a role only saves a refusal.

import type { components } from '@xueshi/client/credits'
import type { Role } from '../api/session'
import { asTyped } from '../i18n/typed'

export type LookupKey = components['schemas']['LookupKey']

const ALL: LookupKey[] = ['email', 'phone', 'name', 'certificate_number', 'learner_id']
const MAY: Partial<Record<Role, LookupKey[]>> = {
  administrator: ALL,
  support: ALL,
  finance: ['email', 'phone', 'learner_id'],
  records: ['certificate_number', 'learner_id'],
  auditor: ['certificate_number', 'learner_id'],
  reviewer: ['learner_id'],
}

/** By what somebody with these roles may look, in the order in which it is offered. */
export function keysFor(roles: readonly Role[]): LookupKey[] {
  return ALL.filter((key) => roles.some((role) => MAY[role]?.includes(key)))
}

/** What was probably typed, of what may be looked by. */
export function guess(text: string, allowed: readonly LookupKey[]): LookupKey | undefined {
  const plain = asTyped(text)
  const fits: LookupKey[] = []
  if (plain.includes('@')) fits.push('email')
  if (/^(\+\d{6,15}|1\d{10})$/.test(plain.replaceAll('-', ''))) fits.push('phone')
  if (/^[0-9a-f]{8}(-[0-9a-f-]{0,27})?$/i.test(plain)) fits.push('learner_id')
  if (/^[A-Za-z0-9-]{4,32}$/.test(plain) && /\d/.test(plain)) fits.push('certificate_number')
  if (/^[^\d@]+$/.test(plain)) fits.push('name')
  return fits.find((key) => allowed.includes(key)) ?? allowed[0]
}

/** What is sent: a name has blanks of its own, and nothing else has any. */
export function sentText(by: LookupKey, text: string): string {
  return by === 'name' ? text.trim() : asTyped(text)
}
