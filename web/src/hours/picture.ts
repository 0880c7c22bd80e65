// A picture of a certificate: made a JPEG in the browser, and sent to where the service says.

import { credits, result, sentAgain } from '../api/client'
import type { components } from '@xueshi/client/credits'
import { Problem } from '../api/problem'

type Credential = components['schemas']['Credential']

/** Pixels of the longer side: enough to read a sheet of A4 by. */
export const MOST_SIDE = 2400
const QUALITY = 0.85
const UPLOAD_MS = 60_000

/** The file is no picture that this browser can show. */
export class Unreadable extends Error {}

/** The size within which a picture is drawn: its own, or with the longer side as long as may be. */
export function sizeWithin(width: number, height: number, most = MOST_SIDE): { width: number; height: number } {
  const share = Math.min(1, most / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * share)), height: Math.max(1, Math.round(height * share)) }
}

/**
 * The picture drawn anew: turned as the camera was held, without what it noted (place, time, device), and a JPEG of
 * whatever this browser can show. Throws Unreadable.
 */
export async function asJpeg(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file).catch(() => {
    throw new Unreadable()
  })
  const canvas = document.createElement('canvas')
  Object.assign(canvas, sizeWithin(picture.width, picture.height))
  const pen = canvas.getContext('2d')
  if (!pen) throw new Unreadable()
  // What is transparent would be black.
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return new Promise((resolve, reject) => {
    canvas.toBlob((jpeg) => (jpeg ? resolve(jpeg) : reject(new Unreadable())), 'image/jpeg', QUALITY)
  })
}

/** Sends a picture and attaches it to the certificate. Throws Problem. */
export async function sendPicture(credential: Credential, jpeg: Blob): Promise<void> {
  const params = { path: { credential } }
  const upload = await result(credits.POST('/v1/credits/certificates/{credential}/picture-uploads', { params }))
  await post(upload, jpeg)
  const body = { picture_id: upload.picture_id }
  await result(credits.PUT('/v1/credits/certificates/{credential}/picture', { params, body, ...sentAgain }))
}

/** Sends the signed form; the picture is its last field, as S3 wants it. */
async function post(upload: { url: string; fields: Record<string, string> }, jpeg: Blob): Promise<void> {
  const form = new FormData()
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value)
  form.append('file', jpeg)
  const signal = AbortSignal.timeout(UPLOAD_MS)
  const answer = await fetch(upload.url, { method: 'POST', body: form, signal }).catch(() => {
    throw Problem.network()
  })
  if (!answer.ok) throw Problem.of(answer.status, undefined)
}
