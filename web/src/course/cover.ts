// The cover that is drawn for a course: its subject gives colour and motif, its own id the small differences between
// two of a subject. The same course looks the same everywhere and for ever.

/** A shape in a field of 320 by 180. `fill` or `stroke` as a share of the light colour, 0 to 1. */
export interface Shape {
  d: string
  fill?: number
  stroke?: number
  width?: number
}

export interface Cover {
  /** Dark enough for white text, in either theme. */
  deep: string
  mid: string
  light: string
  headline: string
  shapes: Shape[]
}

export interface Subject {
  id: string
  title: string
  keywords: string[]
}

interface Style {
  words: RegExp
  tone: readonly [deep: string, mid: string, light: string]
  motif: (noise: (n: number) => number) => Shape[]
}

const circle = (x: number, y: number, r: number): string =>
  `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`
const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

/** Rising columns with the line that they follow. */
const columns: Style['motif'] = (noise) => {
  const tops = range(6).map((n) => 128 - n * 13 - noise(n) * 22)
  const at = (n: number): number => 158 + n * 27
  return [
    ...tops.map((y, n) => ({ d: `M${at(n)} 180V${y}h15V180z`, fill: 0.1 + n * 0.05 })),
    { d: `M${tops.map((y, n) => `${at(n) + 7} ${y - 16}`).join('L')}`, stroke: 0.9, width: 2.5 },
    { d: tops.map((y, n) => circle(at(n) + 7, y - 16, 3.6)).join(''), fill: 0.95 },
  ]
}

/** Curves that bend towards each other, as prices do with yields. */
const curves: Style['motif'] = (noise) =>
  range(6).map((n) => ({
    d: `M120 ${174 - n * 9}C${190 + noise(n) * 24} ${168 - n * 12} ${232 + noise(n + 7) * 20} ${112 - n * 14} 336 ${58 - n * 22}`,
    stroke: 0.22 + n * 0.13,
    width: 1.6 + (n === 3 ? 1.6 : 0),
  }))

/** Generations, one below the other. */
const tree: Style['motif'] = (noise) => {
  const rows = [[244], [196, 288], [170, 218, 264, 310]].map((row, n) => row.map((x) => x + (noise(n) - 0.5) * 8))
  const height = [36, 92, 146]
  const lines = rows.slice(1).flatMap((row, level) =>
    row.map((x, n) => {
      const from = rows[level]?.[n >> 1] ?? x
      const [top = 0, bottom = 0] = [height[level], height[level + 1]]
      return `M${from} ${top}V${(top + bottom) / 2}H${x}V${bottom}`
    }),
  )
  return [
    { d: lines.join(''), stroke: 0.45, width: 2 },
    ...rows.map((row, n) => ({
      d: row.map((x) => circle(x, height[n] ?? 0, 15 - n * 3)).join(''),
      fill: 0.95 - n * 0.28,
    })),
  ]
}

/** An umbrella over rings of what it covers. */
const shelter: Style['motif'] = (noise) => [
  ...range(5).map((n) => ({
    d: `M${248 - 26 - n * 26} 150a${26 + n * 26} ${26 + n * 26} 0 0 1 ${52 + n * 52} 0`,
    stroke: 0.75 - n * 0.13,
    width: 10 - n,
  })),
  { d: `M248 150v${16 + noise(1) * 6}`, stroke: 0.75, width: 3 },
]

/** Meridians of a globe. */
const globe: Style['motif'] = (noise) => {
  const [x, y, r] = [252, 96, 74]
  const tilt = 8 + noise(1) * 10
  return [
    { d: circle(x, y, r), stroke: 0.7, width: 2 },
    ...[0.35, 0.72].map((share) => ({
      d: `M${x} ${y - r}a${r * share} ${r} 0 1 0 0 ${2 * r}a${r * share} ${r} 0 1 0 0 ${-2 * r}`,
      stroke: 0.45,
      width: 1.6,
    })),
    ...[-38, 0, 38].map((up) => {
      const half = Math.sqrt(r * r - up * up)
      return { d: `M${x - half} ${y + up}q${half} ${tilt} ${2 * half} 0`, stroke: 0.45, width: 1.6 }
    }),
    { d: circle(x + 26 - noise(2) * 40, y - 24 + noise(3) * 40, 6), fill: 0.95 },
  ]
}

/** A low sun over the horizon. */
const horizon: Style['motif'] = (noise) => [
  { d: `M182 132a66 66 0 0 1 132 0z`, fill: 0.32 },
  { d: `M204 132a44 44 0 0 1 88 0z`, fill: 0.85 },
  ...range(4).map((n) => ({
    d: `M${142 + n * 10 + noise(n) * 14} ${143 + n * 10}h${190 - n * 22 - noise(n + 4) * 30}`,
    stroke: 0.62 - n * 0.12,
    width: 3,
  })),
]

/** Two who talk. */
const talk: Style['motif'] = (noise) => {
  const bubble = (x: number, y: number, w: number, h: number): string =>
    `M${x + 14} ${y}h${w - 28}a14 14 0 0 1 14 14v${h - 28}a14 14 0 0 1-14 14h${-(w - 46)}l-16 15v-15h-2a14 14 0 0 1-14-14v${-(h - 28)}a14 14 0 0 1 14-14z`
  const lines = range(3).map((n) => `M206 ${90 + n * 14}h${76 - n * 14 - noise(n) * 12}`)
  return [
    { d: bubble(164, 24, 104, 58), fill: 0.28 },
    { d: bubble(186, 66, 122, 72), fill: 0.88 },
    { d: `M184 46h${44 + noise(4) * 16}M184 60h30`, stroke: 0.6, width: 4 },
    { d: lines.join(''), stroke: 0, width: 4 },
  ]
}

/** Cells that are looked through one by one. */
const cells: Style['motif'] = (noise) => {
  const cell = (x: number, y: number, r: number): string =>
    `M${range(6)
      .map(
        (n) =>
          `${(x + r * Math.cos((n * Math.PI) / 3)).toFixed(1)} ${(y + r * Math.sin((n * Math.PI) / 3)).toFixed(1)}`,
      )
      .join('L')}z`
  const places = range(4).flatMap((column) =>
    range(4).map((row) => [166 + column * 46, 20 + row * 53 + (column % 2) * 26] as const),
  )
  return places.map(([x, y], n) => {
    const full = noise(n) > 0.6
    return { d: cell(x, y, 24), ...(full ? { fill: 0.2 + noise(n + 20) * 0.6 } : { stroke: 0.4, width: 1.6 }) }
  })
}

/** Money that comes and goes. */
const waves: Style['motif'] = (noise) =>
  range(5).map((n) => {
    const [y, high] = [60 + n * 24, 16 + noise(n) * 12]
    return {
      d: `M110 ${y}q28 ${-high} 56 0t56 0t56 0t56 0V190H110z`,
      fill: 0.1 + n * 0.07,
    }
  })

/** Rings, where the subject is none of these. */
const rings: Style['motif'] = (noise) => {
  const [x, y] = [250 + noise(1) * 30, 60 + noise(2) * 60]
  return range(5).map((n) => ({ d: circle(x, y, 18 + n * 26), stroke: 0.8 - n * 0.15, width: 7 - n }))
}

/** The first whose words the headline has, or the title, or else most of the keywords, is the subject. */
const STYLES: Style[] = [
  { words: /信托|传承|家族|遗嘱|婚姻|trust|family/i, tone: ['#3b2447', '#6b4380', '#e3c8f2'], motif: tree },
  { words: /保险|保单|保障|insur|policy/i, tone: ['#123a63', '#2a6aa5', '#bfe0ff'], motif: shelter },
  { words: /税|居民|跨境|tax|cross-border/i, tone: ['#4b2e10', '#8a5a1e', '#ffe0ad'], motif: globe },
  { words: /养老|退休|年金|pension|retire/i, tone: ['#5a2418', '#a04a2c', '#ffd2ae'], motif: horizon },
  { words: /债券|久期|利率|固收|bond|duration/i, tone: ['#123b3a', '#1f7672', '#b6f0e6'], motif: curves },
  { words: /现金|流动性|预算|cash|liquid/i, tone: ['#0d3350', '#1c6f8c', '#b5ecff'], motif: waves },
  { words: /面谈|沟通|客户|邀约|提问|话术|meeting|client|talk/i, tone: ['#0a3642', '#1a6c80', '#c4eef5'], motif: talk },
  { words: /合规|反洗钱|来源|风险|尽职|complian|source|risk/i, tone: ['#2b2a5c', '#504fa0', '#cfd2ff'], motif: cells },
  {
    words: /资产|配置|投资|基金|组合|股票|portfolio|invest|fund/i,
    tone: ['#173f2c', '#2f7a54', '#bdf0d2'],
    motif: columns,
  },
]
const OTHER: Style = { words: /^/, tone: ['#3a2a3a', '#7a4a68', '#f5cfe2'], motif: rings }

export function coverOf(subject: Subject): Cover {
  const { tone, motif } = styleOf(subject)
  const [deep, mid, light] = tone
  return { deep, mid, light, headline: headlineOf(subject.title), shapes: motif(noiseOf(subject.id)) }
}

function styleOf({ title, keywords }: Subject): Style {
  for (const text of [headlineOf(title), title]) {
    const named = STYLES.find((style) => style.words.test(text))
    if (named) return named
  }
  const counted = STYLES.map((style) => ({ style, found: keywords.filter((word) => style.words.test(word)).length }))
  const most = counted.reduce((best, one) => (one.found > best.found ? one : best), { style: OTHER, found: 0 })
  return most.style
}

/** What a title begins with: the rest of it stands below the cover. */
export function headlineOf(title: string): string {
  const [first = title] = title.split(/[：:——|｜]/)
  return first.trim() || title
}

/** Numbers from 0 to 1 that look like chance and follow from the id. */
function noiseOf(id: string): (n: number) => number {
  const seed = [...id].reduce(
    (hash, letter) => Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619),
    2_166_136_261,
  )
  return (n) => {
    let mixed = Math.imul((seed ^ (n * 0x9e3779b9)) >>> 0, 0x85ebca6b)
    mixed ^= mixed >>> 13
    mixed = Math.imul(mixed, 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
  }
}
