const STORED = 'xueshi.device'

/** An id that this browser made for itself: how many codes it asks for is counted under it, and nothing else. */
export function deviceId(): string {
  const known = localStorage.getItem(STORED)
  if (known && /^[A-Za-z0-9-]{16,64}$/.test(known)) return known
  const made = crypto.randomUUID()
  localStorage.setItem(STORED, made)
  return made
}
