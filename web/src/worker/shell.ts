// Keeps the shell: the one file of all pages, and the files that are named by their content. A page is asked for at the
// network first, so that a new release is there at once; what is named by its content never changes, so an open page
// goes on with the files of its own release. Nothing else is ever kept.

import type { Fetched, Scope } from './scope'
import { treatmentOf } from './treatment'

export const KEPT = 'shell-1'
const INDEX = '/index.html'
const MARK = '/icon.svg'
/** Files of earlier releases go when there are more than this; the distribution has them still. */
const MOST = 250
/** A line that answers nothing for so long is as good as none, where there is something to show. */
const PATIENCE_MS = 5_000
const NAMED = /"(\/assets\/[\w.-]+)"/g

export function keepShell(scope: Scope): void {
  // Taken over at once: it serves an open page what that page would have got without it.
  scope.addEventListener('install', (event) => event.waitUntil(renew(scope).then(() => scope.skipWaiting())))
  scope.addEventListener('activate', (event) => event.waitUntil(forgetOthers(scope).then(() => scope.clients.claim())))
  scope.addEventListener('fetch', (event) => answer(scope, event))
}

function answer(scope: Scope, event: Fetched): void {
  const treatment = treatmentOf(event.request, scope.location.origin)
  if (treatment === 'page') event.respondWith(page(scope, event))
  else if (treatment === 'asset') event.respondWith(asset(scope, event))
  else if (treatment === 'mark') event.respondWith(fromNetwork(scope, event, MARK))
}

async function page(scope: Scope, event: Fetched): Promise<Response> {
  const renewed = (found: Response): void => {
    if (isShell(found)) event.waitUntil(keep(scope, found.clone()).catch(() => undefined))
  }
  return fromNetwork(scope, event, INDEX, renewed)
}

async function fromNetwork(
  scope: Scope,
  event: Fetched,
  key: string,
  came: (found: Response) => void = () => undefined,
): Promise<Response> {
  const asking = scope.fetch(event.request).then((found) => {
    came(found)
    return found
  })
  const kept = await (await scope.caches.open(KEPT)).match(key)
  if (!kept) return asking
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Response>((resolve) => (timer = setTimeout(() => resolve(kept), PATIENCE_MS)))
  return Promise.race([asking.catch(() => kept), late]).finally(() => clearTimeout(timer))
}

async function asset(scope: Scope, event: Fetched): Promise<Response> {
  const cache = await scope.caches.open(KEPT)
  const kept = await cache.match(event.request)
  if (kept) return kept
  const found = await scope.fetch(event.request)
  if (isFile(found)) event.waitUntil(cache.put(event.request, found.clone()).catch(() => undefined))
  return found
}

async function renew(scope: Scope): Promise<void> {
  const found = await scope.fetch(INDEX)
  if (isShell(found)) await keep(scope, found)
}

/** Keeps the file of all pages, after the files that it names are there: what is kept can always be shown. */
async function keep(scope: Scope, index: Response): Promise<void> {
  const cache = await scope.caches.open(KEPT)
  const text = await index.clone().text()
  for (const [, path = ''] of text.matchAll(NAMED)) {
    if (!(await cache.match(path))) await put(scope, cache, path)
  }
  await put(scope, cache, MARK)
  await cache.put(INDEX, index)
  const keys = await cache.keys()
  const old = keys.slice(0, Math.max(0, keys.length - MOST)).filter(({ url }) => !url.endsWith(INDEX))
  await Promise.all(old.map((key) => cache.delete(key)))
}

async function put(scope: Scope, cache: Cache, path: string): Promise<void> {
  const found = await scope.fetch(path)
  if (!isFile(found)) throw new TypeError(`${path} did not come`)
  await cache.put(path, found)
}

async function forgetOthers(scope: Scope): Promise<void> {
  const others = (await scope.caches.keys()).filter((name) => name !== KEPT)
  await Promise.all(others.map((name) => scope.caches.delete(name)))
}

function isShell(found: Response): boolean {
  return isOurs(found) && typeOf(found).startsWith('text/html')
}

/** A file itself, not the page that stands in for a missing one. */
function isFile(found: Response): boolean {
  return isOurs(found) && !typeOf(found).startsWith('text/html')
}

function isOurs(found: Response): boolean {
  return found.status === 200 && found.type === 'basic' && !found.redirected
}

function typeOf(found: Response): string {
  return found.headers.get('content-type') ?? ''
}
