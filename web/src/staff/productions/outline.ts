// A mind map as text that is easy to type: the topic after `#`, and below it the branches after `-`, each deeper one by
// two more blanks. It is the form of the course package, too. Pure.

export interface Branch {
  text: string
  children: Branch[]
}

/** Why a text is no outline, and in which line, from 1. */
export interface Fault {
  line: number
  why: 'noTopic' | 'secondTopic' | 'noBranch' | 'tooDeep'
}

const INDENT = 2
const TOPIC = /^#\s*(.*\S)\s*$/
const BRANCH = /^( *)[-*+]\s+(.*\S)\s*$/

export function outlineOf(root: Branch): string {
  const lines = (branch: Branch, depth: number): string[] => [
    `${' '.repeat(INDENT * depth)}- ${branch.text}`,
    ...branch.children.flatMap((child) => lines(child, depth + 1)),
  ]
  return [`# ${root.text}`, '', ...root.children.flatMap((child) => lines(child, 0)), ''].join('\n')
}

/** The mind map of a text, or what is wrong with it; null for a text with nothing in it. */
export function branchOf(text: string): Branch | Fault | null {
  let root: Branch | null = null
  /** The branches that a next line may be in, the topic first. */
  let around: Branch[] = []
  for (const [index, typed] of text.split('\n').entries()) {
    const line = plain(typed)
    if (!line.trim()) continue
    const [topic, branch] = [TOPIC.exec(line), BRANCH.exec(line)]
    const fault = faultOf(root, around.length, topic, branch)
    if (fault) return { line: index + 1, why: fault }
    const made = { text: topic?.[1] ?? branch?.[2] ?? '', children: [] }
    if (topic) root = made
    around = topic ? [made] : [...around.slice(0, depthOf(branch) + 1), made]
    around.at(-2)?.children.push(made)
  }
  return root
}

export function isFault(read: Branch | Fault | null): read is Fault {
  return read !== null && 'why' in read
}

function faultOf(
  root: Branch | null,
  deep: number,
  topic: RegExpExecArray | null,
  branch: RegExpExecArray | null,
): Fault['why'] | null {
  if (topic) return root ? 'secondTopic' : null
  if (!root) return 'noTopic'
  if (!branch) return 'noBranch'
  return depthOf(branch) < deep ? null : 'tooDeep'
}

function depthOf(branch: RegExpExecArray | null): number {
  return Math.floor((branch?.[1]?.length ?? 0) / INDENT)
}

/** Editors and input methods put tabs and wide blanks where somebody indents. */
function plain(line: string): string {
  return line.replace(/^[\t\u3000 ]+/, (blanks) => blanks.replace(/[\t\u3000]/g, ' '.repeat(INDENT)))
}
