// The services' API documents, as files of the client's deployment: generated from the handlers (docs/openapi).

import catalog from '../../../docs/openapi/catalog.json?url'
import credits from '../../../docs/openapi/credits.json?url'
import orders from '../../../docs/openapi/orders.json?url'
import playback from '../../../docs/openapi/playback.json?url'

export const DOCUMENTS = { playback, catalog, orders, credits }
export type Service = keyof typeof DOCUMENTS
export const SERVICES = Object.keys(DOCUMENTS) as Service[]
