// Files that only a request with the caller's token can fetch.

import { result } from './client'

/** The answer's body as a file. Throws Problem. */
export function fileOf(answering: Promise<unknown>): Promise<Blob> {
  return result(answering as Promise<{ data?: Blob; error?: unknown; response: Response }>)
}

/** Gives a file to the person, under a name. */
export function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
