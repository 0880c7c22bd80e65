// Puts a part of a file into the bucket. XMLHttpRequest tells how far it is, which fetch does not.

import type { Line, SignedPart } from './uploads'

/** A line on which nothing moves for so long is lost, though nobody says so. */
const STALLED_MS = 30_000

/** As `Line.put`. */
export function putPart(
  part: SignedPart,
  bytes: Blob,
  sent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    const giveUp = (): void => request.abort()
    let stalled = setTimeout(giveUp, STALLED_MS)
    request.open('PUT', part.url)
    for (const [name, value] of Object.entries(part.headers)) {
      // Browsers tell the length themselves and let nobody else do it.
      if (name.toLowerCase() !== 'content-length') request.setRequestHeader(name, value)
    }
    request.upload.onprogress = ({ loaded }) => {
      clearTimeout(stalled)
      stalled = setTimeout(giveUp, STALLED_MS)
      sent(loaded)
    }
    request.onloadend = () => {
      clearTimeout(stalled)
      signal.removeEventListener('abort', giveUp)
      resolve(request.status)
    }
    signal.addEventListener('abort', giveUp)
    request.send(bytes)
  })
}

/** As `Line.rest`. */
export const rest: Line['rest'] = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(ended, milliseconds)
    function ended(): void {
      clearTimeout(timer)
      window.removeEventListener('online', ended)
      signal.removeEventListener('abort', ended)
      if (signal.aborted) reject(signal.reason as Error)
      else resolve()
    }
    window.addEventListener('online', ended)
    signal.addEventListener('abort', ended)
  })
