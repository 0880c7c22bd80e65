// Draws the card that is sent to others: cover, title, hours, instructors, and a QR code of the course's address.

import { encode } from 'uqr'
import type { Cover } from './cover'

export interface Card {
  title: string
  hours: string
  by: string
  brand: string
  scan: string
  url: string
  cover: Cover
  /** The editor's own, which is drawn in place of the motif. */
  picture?: Picture
}

export type Picture = CanvasImageSource & { width: number; height: number }

export const CARD = { width: 750, height: 1000 } as const

const MARGIN = 56
const COVER = 400
/** The field that covers are drawn in. */
const MOTIF = { width: 320, height: 180 } as const
const CODE = 236
const FAMILY = 'system-ui, -apple-system, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif'

/** Breaks a text into lines of a width: Latin words stay whole where they can, Chinese breaks anywhere. */
export function linesOf(text: string, fits: (line: string) => boolean, most: number): string[] {
  const parts = text.match(/[\p{Script=Latin}\p{N}'’.,-]+\s*|\s+|./gsu) ?? []
  const lines: string[] = []
  let line = ''
  for (const part of parts) {
    if (line !== '' && !fits((line + part).trimEnd())) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += line === '' ? part.trimStart() : part
  }
  if (line.trim()) lines.push(line.trimEnd())
  if (lines.length <= most) return lines
  let last = lines[most - 1] ?? ''
  while (last && !fits(`${last}…`)) last = [...last].slice(0, -1).join('')
  return [...lines.slice(0, most - 1), `${last}…`]
}

export function drawCard(canvas: HTMLCanvasElement, card: Card): void {
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('no canvas')
  canvas.width = CARD.width
  canvas.height = CARD.height
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, CARD.width, CARD.height)
  drawCover(pen, card)
  drawText(pen, card)
  drawCode(pen, card.url)
}

/** The part of a picture that fills a field and is not distorted: its middle. */
export function filling(picture: { width: number; height: number }, field: { width: number; height: number }) {
  const scale = Math.max(field.width / picture.width, field.height / picture.height)
  const [width, height] = [field.width / scale, field.height / scale]
  return { x: (picture.width - width) / 2, y: (picture.height - height) / 2, width, height }
}

function drawCover(pen: CanvasRenderingContext2D, { cover, hours, brand, picture }: Card): void {
  const ground = pen.createLinearGradient(0, 0, CARD.width, COVER)
  ground.addColorStop(0.35, cover.deep)
  ground.addColorStop(1, cover.mid)
  pen.save()
  pen.beginPath()
  pen.rect(0, 0, CARD.width, COVER)
  pen.clip()
  pen.fillStyle = ground
  pen.fillRect(0, 0, CARD.width, COVER)
  if (picture) drawPicture(pen, picture)
  else drawShapes(pen, cover)
  pen.restore()
  pen.fillStyle = '#ffffff'
  pen.textBaseline = 'alphabetic'
  pen.font = `600 34px ${FAMILY}`
  pen.fillText(brand, MARGIN, 84)
  pen.font = `700 76px ${FAMILY}`
  pen.fillText(hours, MARGIN, COVER - 48)
}

/** What is written on it is read on any picture. */
function drawPicture(pen: CanvasRenderingContext2D, picture: Picture): void {
  const { x, y, width, height } = filling(picture, { width: CARD.width, height: COVER })
  pen.drawImage(picture, x, y, width, height, 0, 0, CARD.width, COVER)
  pen.fillStyle = 'rgb(0 0 0 / 45%)'
  pen.fillRect(0, 0, CARD.width, COVER)
}

/** The motif of the page's cover, at the right as there. */
function drawShapes(pen: CanvasRenderingContext2D, { shapes, light, deep }: Cover): void {
  const scale = COVER / MOTIF.height
  pen.translate(CARD.width - MOTIF.width * scale, 0)
  pen.scale(scale, scale)
  pen.lineCap = 'round'
  pen.lineJoin = 'round'
  for (const { d, fill, stroke, width = 1 } of shapes) {
    const path = new Path2D(d)
    if (fill !== undefined) {
      pen.globalAlpha = fill
      pen.fillStyle = light
      pen.fill(path)
    }
    if (stroke !== undefined) {
      pen.globalAlpha = stroke || 1
      pen.strokeStyle = stroke ? light : deep
      pen.lineWidth = width
      pen.stroke(path)
    }
  }
}

function drawText(pen: CanvasRenderingContext2D, { title, by, scan }: Card): void {
  const width = CARD.width - 2 * MARGIN
  const fits = (line: string): boolean => pen.measureText(line).width <= width
  pen.fillStyle = '#1c2b30'
  pen.font = `700 46px ${FAMILY}`
  let at = COVER + 78
  for (const line of linesOf(title, fits, 3)) {
    pen.fillText(line, MARGIN, at)
    at += 62
  }
  pen.fillStyle = '#55666d'
  pen.font = `400 30px ${FAMILY}`
  for (const line of linesOf(by, fits, 2)) {
    pen.fillText(line, MARGIN, at)
    at += 42
  }
  const beside = (line: string): boolean => pen.measureText(line).width <= width - CODE - 24
  linesOf(scan, beside, 2).forEach((line, row, all) => {
    pen.fillText(line, MARGIN, CARD.height - MARGIN - 42 * (all.length - 1 - row) - 12)
  })
}

function drawCode(pen: CanvasRenderingContext2D, url: string): void {
  const { data, size } = encode(url, { border: 2 })
  const side = Math.floor(CODE / size)
  const [left, top] = [CARD.width - MARGIN - side * size, CARD.height - MARGIN - side * size]
  pen.fillStyle = '#000000'
  data.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (dark) pen.fillRect(left + x * side, top + y * side, side, side)
    })
  })
}

/** The picture as a file. */
export function pictureOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png')
  })
}
