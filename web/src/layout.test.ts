// Reads the layout: which rooms there are, and what each takes from the others. README.md says how to add a page.

import { describe, expect, it } from 'vitest'

/** What knows no subject, and which of the others of them each takes from. */
const TECHNICAL: Record<string, string[]> = {
  i18n: [],
  api: ['i18n'],
  components: ['i18n'],
  router: ['api'],
}
/** What every subject takes from. */
const COMMON = ['api', 'components', 'i18n']

/** One subject of the product each. A subject takes only from those before it, so that there is no circle. */
const SUBJECTS = [
  'notices',
  'navigation',
  'profile',
  'hours',
  'reviews',
  'enquiries',
  'notes',
  'course',
  'plan',
  'search',
  'home',
  'player',
  'shop',
  'account',
  'proof',
  'developers',
  'staff',
]

/** What shows documents of this repository. */
const DOCUMENTS = 'developers'

/** The staff's tools: rooms within `staff`, which take from it, and from each other what is shown. */
const TOOLS = [
  'access',
  'audit',
  'desk',
  'finance',
  'learners',
  'moderation',
  'productions',
  'publishing',
  'records',
  'risk',
]

/** A program of its own: the service worker. */
const WORKER = 'worker'

/** What a subject shows to other rooms, and to which; all else in its room is its own. '' is the shell. */
const DOORS: Record<string, string[]> = {
  'course/CourseCard.vue': ['home', 'search'],
  'course/CourseCover.vue': ['plan'],
  'course/CourseView.vue': ['staff/productions'],
  'course/MindMapOutline.vue': ['staff/productions'],
  'course/MyCourses.vue': ['account'],
  'course/useMine.ts': ['home', 'plan', 'search'],
  'enquiries/EnquiryRows.vue': ['staff/desk'],
  'enquiries/messages.ts': ['staff/desk'],
  'hours/CourseAdvice.vue': ['course'],
  'hours/HoursBar.vue': ['shop', 'staff/learners'],
  'navigation/NoConnection.vue': [''],
  'hours/HoursRing.vue': ['plan'],
  'hours/account.ts': ['plan'],
  'navigation/PlaceList.vue': ['account', 'staff'],
  'navigation/places.ts': ['', 'account', 'staff'],
  'navigation/useConnection.ts': [''],
  'navigation/useTarget.ts': ['account', 'profile'],
  'notes/CourseNotes.vue': ['course', 'player'],
  'notices/useUnread.ts': ['', 'enquiries', 'navigation'],
  'plan/MyLearning.vue': ['home'],
  'player/TranscriptPanel.vue': ['staff/productions'],
  'profile/ProfileReminder.vue': ['course', 'hours'],
  'profile/useProfile.ts': ['account', 'course', 'hours'],
  'reviews/CourseReviews.vue': ['course'],
  'reviews/StarRow.vue': ['staff/moderation'],
  'search/SearchField.vue': ['home'],
  'search/criteria.ts': ['home'],
  'shop/InvoiceItems.vue': ['staff/finance'],
  'staff/risk/AwardReview.vue': ['staff/learners'],
}

/** What belongs to no room: where the client begins, and what holds everywhere in it. */
const SHELL = ['App.vue', 'hls-light.d.ts', 'layout.test.ts', 'main.ts', 'theme.css', 'vant.ts']
/** Where the programs begin. */
const MAINS = ['main.ts', `${WORKER}/main.ts`]

/** What components know beside their own: what went wrong, and the words that are said everywhere. */
const PROBLEM = 'api/problem.ts'
const COMMON_WORDS = ['app', 'common', 'nav']

interface Import {
  from: string
  to: string
  lazy: boolean
}

const sources = new Map(
  Object.entries(
    import.meta.glob<string>('./**/*.{ts,vue,css}', { query: '?raw', import: 'default', eager: true }),
  ).map(([path, source]): [string, string] => [path.replace('./', ''), source]),
)
const files = [...sources.keys()]
const rooms = [...Object.keys(TECHNICAL), ...SUBJECTS, ...TOOLS.map((tool) => `staff/${tool}`), WORKER]
const SPECIFIER = /(from |import\(|import |src=)['"](\.[^'"]+)['"]/g

const imports: Import[] = [...sources].flatMap(([from, source]) =>
  [...source.matchAll(SPECIFIER)].map(([, how, specifier = '']) => ({
    from,
    to: targetOf(from, specifier),
    lazy: how === 'import(',
  })),
)
const isPage = (path: string): boolean => path.endsWith('Page.vue')
const shown = ({ from, to }: Import): string => `${from} takes ${to}`

/** The room that a file is in; '' where it is in none. A language is the messages'. */
function roomOf(path: string): string {
  return path.replace(/\/?[^/]+$/, '').replace(/^i18n\/.+/, 'i18n')
}

/** The file that a relative specifier names, seen from another. */
function targetOf(from: string, specifier: string): string {
  const path = new URL(specifier, `file:///${from}`).pathname.slice(1)
  return [path, `${path}.ts`, `${path}/index.ts`].find((each) => sources.has(each)) ?? path
}

function mayTake({ from, to }: Import): boolean {
  const [room, other] = [roomOf(from), roomOf(to)]
  if (room === other) return true
  if (to.startsWith('docs/')) return room === DOCUMENTS
  if (!(other in TECHNICAL)) return room.startsWith(`${other}/`) || (DOORS[to] ?? []).includes(room)
  if (room === 'components' && to === PROBLEM) return true
  return room === '' || (TECHNICAL[room] ?? COMMON).includes(other)
}

describe('the layout', () => {
  it('has a room for every file', () => {
    expect(files.filter((path) => !rooms.includes(roomOf(path)) && !SHELL.includes(path))).toEqual([])
  })

  it('keeps every room to its own, to what knows no subject, and to what others show it', () => {
    expect(imports.filter((each) => !isPage(each.to) && !mayTake(each)).map(shown)).toEqual([])
  })

  it('shows nothing that nobody takes, and has no file that nothing needs', () => {
    const taken = imports.map(({ from, to }) => `${to} by ${roomOf(from)}`)
    const doors = Object.entries(DOORS).flatMap(([to, by]) => by.map((room) => `${to} by ${room}`))
    expect(doors.filter((door) => !taken.includes(door))).toEqual([])
    const needed = new Set(imports.map(({ to }) => to))
    expect(files.filter((path) => !needed.has(path) && !MAINS.includes(path) && !/\.(test|d)\.ts$/.test(path))).toEqual(
      [],
    )
  })

  it('has no circle of subjects', () => {
    const place = (path: string): number => SUBJECTS.indexOf(roomOf(path).replace(/\/.*/, ''))
    const upward = imports.filter(({ from, to }) => place(from) >= 0 && place(to) > place(from))
    expect(upward.map(shown)).toEqual([])
  })

  it('has each page with its subject, taken by the router alone and loaded when somebody opens it', () => {
    const pages = files.filter(isPage)
    expect(pages.filter((page) => roomOf(page) in TECHNICAL || roomOf(page) === '')).toEqual([])
    const routed = imports.filter(({ from, to }) => isPage(to) && !from.endsWith('.test.ts'))
    expect(routed.filter(({ from, lazy }) => roomOf(from) !== 'router' || !lazy).map(shown)).toEqual([])
    expect([...new Set(routed.map(({ to }) => to))].sort()).toEqual(pages.sort())
  })

  it('has no component that says the words of a subject', () => {
    const said = [...sources]
      .filter(([path]) => roomOf(path) === 'components')
      .flatMap(([path, source]) => [...source.matchAll(/\bt\('(\w+)\./g)].map(([, words = '']) => ({ path, words })))
    expect(said.filter(({ words }) => !COMMON_WORDS.includes(words))).toEqual([])
  })
})
