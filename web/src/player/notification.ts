// The system's notification of a prompt. It is asked for by a button, never when a page is opened.

import { ref } from 'vue'

const TAG = 'xueshi-prompt'
const supported = 'Notification' in window
let shown: Notification | null = null

/** What the learner has said: 'default' while nobody was asked, 'denied' where browsers have no notifications. */
export const permission = ref<NotificationPermission>(supported ? Notification.permission : 'denied')

export async function askForNotifications(): Promise<void> {
  permission.value = await Notification.requestPermission()
}

export function notify(title: string, body: string): void {
  if (!supported || Notification.permission !== 'granted') return
  const options = { body, tag: TAG, icon: '/icon-192.png', silent: true, data: { path: location.pathname } }
  void viaWorker((worker) => worker.showNotification(title, options)).then((done) => {
    if (done) return
    shown = new Notification(title, options)
    shown.onclick = () => window.focus()
  })
}

export function dismissNotification(): void {
  shown?.close()
  shown = null
  void viaWorker(async (worker) => {
    for (const each of await worker.getNotifications({ tag: TAG })) each.close()
  })
}

/** Phones show notifications of a service worker only. Answers whether there is one that could. */
async function viaWorker(use: (worker: ServiceWorkerRegistration) => Promise<void>): Promise<boolean> {
  const worker = await navigator.serviceWorker?.getRegistration().catch(() => undefined)
  if (!worker?.active) return false
  return use(worker).then(
    () => true,
    () => false,
  )
}
