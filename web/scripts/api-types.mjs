// Writes the package's src/generated: <service>.ts from docs/openapi/<service>.json and codes.ts from docs/errors.json,
// so that the client's types cannot drift from what the services' handlers declare. The folder is not committed.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const docs = new URL('../../docs/', import.meta.url)
const source = new URL('openapi/', docs)
const target = new URL('../packages/client/src/generated/', import.meta.url)
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

const told = Object.values(JSON.parse(readFileSync(new URL('errors.json', docs), 'utf8'))).flat()
const codes = [...new Set(told.map(({ code }) => code))].sort()
const union = codes.map((code) => `  | '${code}'`).join('\n')
writeFileSync(
  new URL('codes.ts', target),
  `/** Every code of this release's services. */\nexport type ErrorCode =\n${union}\n`,
)
