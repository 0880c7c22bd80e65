// Where the product's parts are: one list for the header, the tab bar, the account page and the workbench.

import type { Ref } from 'vue'
import { isLearner, type Role } from './api/session'
import type { IconName } from './components/icons'
import type { Key } from './i18n'
import { unread } from './notices/useUnread'
import { router } from './router'

export interface Place {
  route: string
  label: Key
  icon: IconName
  hint?: Key
  /** Only for learners who are signed in: staff buy nothing and keep no hours. */
  own?: true
  /** What waits there; 0 shows nothing. */
  waiting?: Ref<number>
}

export interface Tool extends Place {
  roles: Role[]
}

const MAIN: Place[] = [
  { route: 'home', label: 'nav.home', icon: 'home' },
  { route: 'membership', label: 'nav.membership', icon: 'crown' },
  { route: 'hours', label: 'nav.hours', icon: 'hours' },
  { route: 'cart', label: 'nav.cart', icon: 'cart' },
  { route: 'account', label: 'nav.account', icon: 'person' },
]

const CORNER: Place[] = [
  { route: 'search', label: 'nav.search', icon: 'search' },
  { route: 'notices', label: 'nav.notices', icon: 'bell', waiting: unread, own: true },
  { route: 'support', label: 'nav.support', icon: 'chat' },
]

const OWN: Place[] = [
  { route: 'profile', label: 'nav.profile', icon: 'person', own: true },
  { route: 'orders', label: 'nav.orders', icon: 'receipt', own: true },
  { route: 'invoices', label: 'nav.invoices', icon: 'document', own: true },
  { route: 'membership', label: 'nav.membership', icon: 'crown' },
  { route: 'cart', label: 'nav.cart', icon: 'cart' },
  { route: 'notices', label: 'nav.notices', icon: 'bell', waiting: unread, own: true },
  { route: 'support', label: 'nav.support', icon: 'chat' },
  { route: 'verify', label: 'verify.title', icon: 'check' },
]

const TOOLS: Tool[] = [
  { route: 'riskCases', label: 'tool.risk', hint: 'tool.risk.hint', icon: 'alert', roles: ['reviewer'] },
  { route: 'audit', label: 'tool.audit', hint: 'tool.audit.hint', icon: 'check', roles: ['auditor'] },
  { route: 'batches', label: 'tool.records', hint: 'tool.records.hint', icon: 'document', roles: ['records'] },
  { route: 'learners', label: 'tool.learners', hint: 'tool.learners.hint', icon: 'people', roles: ['administrator'] },
  { route: 'publishing', label: 'tool.publishing', hint: 'tool.publishing.hint', icon: 'play', roles: ['editor'] },
  { route: 'moderation', label: 'tool.moderation', hint: 'tool.moderation.hint', icon: 'star', roles: ['moderator'] },
  { route: 'desk', label: 'tool.desk', hint: 'tool.desk.hint', icon: 'chat', roles: ['support'] },
  { route: 'finance', label: 'tool.finance', hint: 'tool.finance.hint', icon: 'receipt', roles: ['finance'] },
]

// Areas of the product are built one after another; what has no page yet is not offered.
const built = <T extends Place>(places: T[]): T[] =>
  places.filter((place) => router.hasRoute(place.route) && (!place.own || isLearner.value))

/** The main navigation, in the order it is shown. */
export const mainPlaces = (): Place[] => built(MAIN)

/** Small, at the end of the header, on every screen. */
export const cornerPlaces = (): Place[] => built(CORNER)

/** What the account page leads to. */
export const ownPlaces = (): Place[] => built(OWN)

/** What somebody with these roles can work with. */
export const toolsFor = (roles: Role[]): Tool[] =>
  built(TOOLS).filter((tool) => tool.roles.some((role) => roles.includes(role)))
