// Where the product's parts are: one list for the header, the tab bar, the account page and the workbench.

import type { Ref } from 'vue'
import { isLearner, isUnproven, roles, type Role } from '../api/session'
import type { IconName } from '../components/icons'
import type { Key } from '../i18n'
import { answers, unread } from '../notices/useUnread'

/** Staff buy nothing and keep no hours, and have a workbench; visitors look at what they could have. */
type Audience = 'learner' | 'staff' | 'notStaff'

export interface Place {
  route: string
  label: Key
  icon: IconName
  hint?: Key
  /** For whom it is, where it is not for everybody. */
  who?: Audience
  /** What waits there; 0 shows nothing. */
  waiting?: Ref<number>
}

export interface Tool extends Place {
  roles: Role[]
}

const MAIN: Place[] = [
  { route: 'home', label: 'nav.home', icon: 'home' },
  { route: 'staff', label: 'staff.title', icon: 'tools', who: 'staff' },
  { route: 'membership', label: 'nav.membership', icon: 'crown', who: 'notStaff' },
  { route: 'hours', label: 'nav.hours', icon: 'hours', who: 'notStaff' },
  { route: 'cart', label: 'nav.cart', icon: 'cart', who: 'notStaff' },
  { route: 'account', label: 'nav.account', icon: 'person' },
]

const CORNER: Place[] = [
  { route: 'search', label: 'nav.search', icon: 'search' },
  { route: 'notices', label: 'nav.notices', icon: 'bell', waiting: unread, who: 'learner' },
  { route: 'support', label: 'nav.support', icon: 'chat', waiting: answers, who: 'notStaff' },
]

const OWN: Place[] = [
  { route: 'profile', label: 'nav.profile', icon: 'person', who: 'learner' },
  { route: 'favourites', label: 'nav.favourites', icon: 'heart', who: 'learner' },
  { route: 'notes', label: 'nav.notes', icon: 'pencil', who: 'learner' },
  { route: 'orders', label: 'nav.orders', icon: 'receipt', who: 'learner' },
  { route: 'invoices', label: 'nav.invoices', icon: 'document', who: 'learner' },
  { route: 'membership', label: 'nav.membership', icon: 'crown', who: 'notStaff' },
  { route: 'cart', label: 'nav.cart', icon: 'cart', who: 'notStaff' },
  { route: 'notices', label: 'nav.notices', icon: 'bell', waiting: unread, who: 'learner' },
  { route: 'support', label: 'nav.support', icon: 'chat', who: 'notStaff' },
  { route: 'identities', label: 'nav.identities', icon: 'person', who: 'learner' },
  { route: 'signIns', label: 'nav.signIns', icon: 'lock' },
  { route: 'ownData', label: 'nav.ownData', icon: 'document', who: 'learner' },
  { route: 'verify', label: 'verify.title', icon: 'check' },
]

const FOOT: Place[] = [
  { route: 'proof', label: 'proof.title', icon: 'info' },
  { route: 'verify', label: 'verify.title', icon: 'check' },
  { route: 'developers', label: 'nav.developers', icon: 'tools' },
]

const TOOLS: Tool[] = [
  { route: 'riskCases', label: 'tool.risk', hint: 'tool.risk.hint', icon: 'alert', roles: ['reviewer'] },
  { route: 'awards', label: 'tool.awards', hint: 'tool.awards.hint', icon: 'hours', roles: ['reviewer'] },
  { route: 'audit', label: 'tool.audit', hint: 'tool.audit.hint', icon: 'check', roles: ['auditor'] },
  { route: 'batches', label: 'tool.records', hint: 'tool.records.hint', icon: 'document', roles: ['records'] },
  { route: 'waiting', label: 'tool.waiting', hint: 'tool.waiting.hint', icon: 'check', roles: ['administrator'] },
  {
    route: 'learners',
    label: 'tool.learners',
    hint: 'tool.learners.hint',
    icon: 'people',
    roles: ['administrator', 'support', 'reviewer'],
  },
  { route: 'access', label: 'tool.access', hint: 'tool.access.hint', icon: 'lock', roles: ['administrator'] },
  { route: 'publishing', label: 'tool.publishing', hint: 'tool.publishing.hint', icon: 'play', roles: ['editor'] },
  { route: 'moderation', label: 'tool.moderation', hint: 'tool.moderation.hint', icon: 'star', roles: ['moderator'] },
  { route: 'desk', label: 'tool.desk', hint: 'tool.desk.hint', icon: 'chat', roles: ['support'] },
  { route: 'finance', label: 'tool.finance', hint: 'tool.finance.hint', icon: 'receipt', roles: ['finance'] },
]

const is: Record<Audience, () => boolean> = {
  learner: () => isLearner.value,
  staff: () => roles.value.length > 0,
  notStaff: () => roles.value.length === 0 && !isUnproven.value,
}

const forCaller = <T extends Place>(places: T[]): T[] => places.filter((place) => !place.who || is[place.who]())

/** The main navigation, in the order it is shown. */
export const mainPlaces = (): Place[] => forCaller(MAIN)

/** Small, at the end of the header, on every screen. */
export const cornerPlaces = (): Place[] => forCaller(CORNER)

/** What the account page leads to. */
export const ownPlaces = (): Place[] => forCaller(OWN)

/** At the end of the pages. */
export const footPlaces = (): Place[] => forCaller(FOOT)

/** What somebody with these roles can work with. */
export const toolsFor = (held: Role[]): Tool[] =>
  forCaller(TOOLS).filter((tool) => tool.roles.some((role) => held.includes(role)))
