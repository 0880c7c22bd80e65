// The client's own session and APIs: the package `@xueshi/client`, at the origin of the page.

import { connect } from '@xueshi/client'
import { session } from './session'

export { newKey, result, type Answer } from '@xueshi/client'

export const api = connect(session)
export const { catalog, credits, editing, orders, playback, sentAgain } = api
