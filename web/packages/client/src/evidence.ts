// What can be checked without us: a document with its proof from the log, in one file (docs/evidence-format.md).

import { result } from './answers.js'
import type { Api } from './client.js'

/** A completed watch's evidence pack with its proof. Throws Problem; LOG_PROOF_NOT_FOUND for minutes after completion. */
export async function evidenceOf(api: Api, watchId: string): Promise<Blob> {
  const params = { path: { watch_id: watchId } }
  const pack = await result(api.playback.GET('/v1/playback/watches/{watch_id}/evidence', { params }))
  return bundled(api, { pack }, `${pack.protected}.${pack.payload}.${pack.signature}`)
}

/** What a certificate of completion states with its proof, by its code. Throws Problem. */
export async function certificateOf(api: Api, code: string): Promise<Blob> {
  const params = { path: { code } }
  const { statement } = await result(api.credits.GET('/v1/credits/verification/{code}', { params }))
  return bundled(api, { statement }, statement)
}

/** @param logged what the log has the SHA-256 of */
async function bundled({ playback }: Api, document: object, logged: string): Promise<Blob> {
  const raw = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(logged))
  const digest = Array.from(new Uint8Array(raw), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const params = { path: { digest } }
  const proof = await result(playback.GET('/v1/playback/log/proofs/{digest}', { params, parseAs: 'text' }))
  const bundle = { format: 'xueshi.bundle/1', ...document, proof }
  return new Blob([JSON.stringify(bundle, null, 1)], { type: 'application/json' })
}
