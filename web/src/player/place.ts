// Where somebody watches. It spares a page that was loaded anew the question about "another place".

/** What a start tells of it: the newest token that this tab was given, and a random name that the browser keeps. */
export interface Place {
  token: string | null
  device: string
}

const TOKEN = 'xueshi.watching'
const DEVICE = 'xueshi.device'

export function thisPlace(): Place {
  const device = localStorage.getItem(DEVICE) ?? crypto.randomUUID()
  localStorage.setItem(DEVICE, device)
  return { token: sessionStorage.getItem(TOKEN), device }
}

/** Keeps the token for a page that is loaded anew in this tab. */
export function keepToken(token: string): void {
  sessionStorage.setItem(TOKEN, token)
}
