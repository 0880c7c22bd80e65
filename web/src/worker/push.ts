// Shows what the service says by push, and leads to where it is told in full.

import type { Clicked, Pushed, Scope } from './scope'

interface Told {
  title: string
  body: string
  path: string
  tag: string
}

export function showPushes(scope: Scope): void {
  scope.addEventListener('push', (event) => event.waitUntil(show(scope, event)))
  scope.addEventListener('notificationclick', (event) => event.waitUntil(open(scope, event)))
}

async function show(scope: Scope, event: Pushed): Promise<void> {
  const { title, body, path, tag } = event.data?.json() as Told
  await scope.registration.showNotification(title, { body, tag, icon: '/icon-192.png', data: { path } })
}

/** The page that is open already, or a new one. Only a path of this site: what comes in must not lead elsewhere. */
async function open(scope: Scope, event: Clicked): Promise<void> {
  event.notification.close()
  const { path } = (event.notification.data ?? {}) as { path?: unknown }
  const target = new URL(typeof path === 'string' ? path : '/', scope.location.origin)
  if (target.origin !== scope.location.origin) return
  const windows = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const there = windows.find(({ url }) => new URL(url).pathname === target.pathname)
  if (there) await there.focus()
  else await scope.clients.openWindow(target.href)
}
