// Draws a mind map with markmap, which is loaded only then (it brings most of d3 along).

import type { Markmap } from 'markmap-view'

export interface Node {
  text: string
  children?: Node[]
}

export interface Branch {
  content: string
  children: Branch[]
}

/** How many nodes a mind map has, its topic among them. */
export function nodesOf(node: Node): number {
  return (node.children ?? []).reduce((count, child) => count + nodesOf(child), 1)
}

/** One step of zooming in. */
export const STEP = 1.25
/** The smallest scale at which its text, of 15 pixels, can be read. */
const READABLE = 0.75
/** Pixels that are left beside the topic. */
const MARGIN = 12
/** Of branches: each has a contrast of 3 or more on the frame of the day and on that of the night. */
const COLORS = ['#2a8296', '#a87416', '#3a8c63', '#8f63a3', '#c25a43', '#4a80bd']

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** What markmap draws. It takes HTML; a course's text is text, whatever characters it has. */
export function branchOf(node: Node): Branch {
  return {
    content: node.text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? ''),
    children: (node.children ?? []).map(branchOf),
  }
}

/** A page is scrolled over the map with the wheel or one finger; the map is moved with the mouse or two fingers. */
function moves(event: WheelEvent | MouseEvent | TouchEvent): boolean {
  if ('touches' in event) return event.touches.length > 1
  return event.type === 'wheel' ? event.ctrlKey : event.button === 0
}

/** Draws the map into the element. Rejects when the drawing's code cannot be loaded. */
export async function drawing(svg: SVGSVGElement, node: Node): Promise<Markmap> {
  const { Markmap: Map } = await import('markmap-view')
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  const map = new Map(svg, {
    pan: false,
    duration: still ? 0 : 300,
    maxWidth: 220,
    spacingVertical: 10,
    paddingX: 10,
    maxInitialScale: 1.4,
    color: (branch) => COLORS[(branch.state.path.split('.').map(Number)[1] ?? 0) % COLORS.length] ?? '',
  })
  map.zoom.filter(moves)
  // Read from the element's box: the attributes that d3 would read do not resolve while it is hidden.
  map.zoom.extent(() => [[0, 0], boxOf(svg)])
  await map.setData(branchOf(node))
  // Whoever has left the page meanwhile has a drawing without a size, into which nothing fits.
  if (!svg.clientWidth) return map
  if (fittedScale(map.state.rect, boxOf(svg)) < READABLE) readFromTopic(map, svg)
  else await map.fit()
  return map
}

interface Rect {
  x1: number
  y1: number
  x2: number
  y2: number
}

/** How large a drawing becomes that is fitted into a box. */
export function fittedScale({ x1, y1, x2, y2 }: Rect, [width, height]: [number, number]): number {
  return Math.min(width / Math.max(1, x2 - x1), height / Math.max(1, y2 - y1))
}

/** At a size that can be read, from the topic on; the rest is moved to. */
function readFromTopic(map: Markmap, svg: SVGSVGElement): void {
  const topic = map.state.data?.state.rect
  if (!topic) return
  map.zoom.scaleTo(map.svg, READABLE)
  map.zoom.translateTo(map.svg, topic.x, topic.y + topic.height / 2, [MARGIN, boxOf(svg)[1] / 2])
}

/** Never nothing: a move that is under way while the element goes would divide by it. */
export function boxOf(svg: { clientWidth: number; clientHeight: number }): [number, number] {
  return [svg.clientWidth || 1, svg.clientHeight || 1]
}
