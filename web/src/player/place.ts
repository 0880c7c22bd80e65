// Where somebody watches: a page that was loaded anew in this tab keeps the token, the browser its name.

import type { Place } from '@xueshi/client'

const TOKEN = 'xueshi.watching'
const DEVICE = 'xueshi.device'

export const thisPlace: Place = {
  get token() {
    return sessionStorage.getItem(TOKEN)
  },
  set token(next) {
    if (next !== null) sessionStorage.setItem(TOKEN, next)
  },
  get device() {
    const device = localStorage.getItem(DEVICE) ?? crypto.randomUUID()
    localStorage.setItem(DEVICE, device)
    return device
  },
}
