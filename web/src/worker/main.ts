// The service worker: `vite.config.ts` builds it into /sw.js, `main.ts` of the client registers it.

import { showPushes } from './push'
import type { Scope } from './scope'
import { keepShell } from './shell'

const scope = self as unknown as Scope
keepShell(scope)
showPushes(scope)
