// The part of a service worker's world that ours lives in. TypeScript has either a page's world or a worker's.

export interface Lasting extends Event {
  waitUntil(done: Promise<unknown>): void
}

export interface Fetched extends Lasting {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}

export interface Pushed extends Lasting {
  readonly data: { json(): unknown } | null
}

export interface Clicked extends Lasting {
  readonly notification: Notification
}

export interface Window {
  readonly url: string
  focus(): Promise<unknown>
}

interface Events {
  install: Lasting
  activate: Lasting
  fetch: Fetched
  push: Pushed
  notificationclick: Clicked
}

export interface Scope {
  readonly caches: CacheStorage
  readonly location: { readonly origin: string }
  readonly registration: Pick<ServiceWorkerRegistration, 'showNotification'>
  readonly clients: {
    claim(): Promise<void>
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly Window[]>
    openWindow(url: string): Promise<unknown>
  }
  fetch(request: Request | string): Promise<Response>
  skipWaiting(): Promise<void>
  addEventListener<Name extends keyof Events>(name: Name, handle: (event: Events[Name]) => void): void
}
