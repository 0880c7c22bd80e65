// Writes src/api/generated/<service>.ts from docs/openapi/<service>.json, so that the client's types cannot drift
// from what the services' handlers declare. The folder is not committed.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const source = new URL('../../docs/openapi/', import.meta.url)
const target = new URL('../src/api/generated/', import.meta.url)
mkdirSync(target, { recursive: true })
// One document for each service, and one of them all.
const services = readdirSync(source)
  .map((file) => file.replace('.json', ''))
  .filter((name) => name !== 'xueshi')
for (const service of services) {
  const document = JSON.parse(readFileSync(new URL(`${service}.json`, source), 'utf8'))
  // Nothing refers to this one, and what it refers to is not in the document.
  delete document.components.schemas.ResponseValidationError
  const types = await openapiTS(document)
  writeFileSync(new URL(`${service}.ts`, target), astToString(types))
}
