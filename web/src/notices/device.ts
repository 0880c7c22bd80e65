// This browser as a device that is told by push.

import { credits, result } from '../api/client'
import { locale } from '../i18n'

/** `unsupported`: the browser has no push, or has it once the client is installed (Safari on phones). */
export type Standing = 'unsupported' | 'denied' | 'off' | 'on'

/** The browser's push service cannot be reached. */
export class Unreachable extends Error {}

export async function standing(): Promise<Standing> {
  if (!('PushManager' in window) || !('Notification' in window)) return 'unsupported'
  if (Notification.permission === 'denied') return 'denied'
  return (await subscription()) ? 'on' : 'off'
}

/** Asks the learner, subscribes, and says so to the service. Throws Problem, Unreachable. */
export async function turnOn(publicKey: string): Promise<Standing> {
  if ((await Notification.requestPermission()) !== 'granted') return standing()
  const { pushManager } = await navigator.serviceWorker.ready
  const options = { userVisibleOnly: true, applicationServerKey: publicKey }
  const known = await pushManager.getSubscription()
  // One that was made with another key of ours is worth nothing.
  if (known && keyOf(known) !== publicKey) await known.unsubscribe()
  const made = await pushManager.subscribe(options).catch(() => {
    throw new Unreachable()
  })
  await tell(made).catch(async (thrown: unknown) => {
    await made.unsubscribe()
    throw thrown
  })
  return standing()
}

/** Says again what the service may have forgotten, and in which language this browser is told. */
export async function renew(publicKey: string): Promise<void> {
  const known = await subscription()
  if (!known) return
  if (keyOf(known) === publicKey) await tell(known)
  else await known.unsubscribe()
}

/** Ends the subscription: what the service still sends comes to nobody, and it forgets the device. */
export async function turnOff(): Promise<Standing> {
  await (await subscription())?.unsubscribe()
  return standing()
}

async function subscription(): Promise<PushSubscription | null> {
  const worker = await navigator.serviceWorker?.getRegistration()
  return (await worker?.pushManager?.getSubscription()) ?? null
}

async function tell(known: PushSubscription): Promise<void> {
  const { endpoint = '', keys = {} } = known.toJSON()
  const body = { endpoint, p256dh: keys.p256dh ?? '', auth: keys.auth ?? '', language: locale.value }
  await result(credits.PUT('/v1/credits/push/devices', { body }))
}

function keyOf(known: PushSubscription): string {
  const bytes = new Uint8Array(known.options.applicationServerKey ?? new ArrayBuffer(0))
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
}
