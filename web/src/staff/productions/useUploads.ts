// The uploads of this tab. They go on while other pages of the client are open; what was chosen is remembered on the
// device, so that the same file is known again after the tab was closed.

import { shallowReactive } from 'vue'
import { Problem } from '../../api/problem'
import { completeFile, signPart } from './calls'
import type { ProductionFile } from './production'
import { putPart, rest } from './s3'
import { isSameFile, Upload, type Chosen, type Progress } from './uploads'

const STORED = 'xueshi.uploads'
const UNDER_WAY = new Set<Progress['state']>(['sending', 'waiting', 'completing'])

const uploads = new Map<string, Upload>()
const progresses = shallowReactive(new Map<string, Progress>())

/** How far the file is that this tab sends; undefined: it does not. */
export function progressOf(fileId: string): Progress | undefined {
  return progresses.get(fileId)
}

/** Sends a file, from where it stands with the service. */
export function begin(productionId: string, awaited: ProductionFile, file: File): void {
  const fileId = awaited.file_id
  const plan = { bytes: awaited.bytes, partBytes: awaited.part_bytes, partsHere: awaited.parts_here }
  const line = {
    sign: async (number: number) => {
      const part = await signPart(productionId, fileId, number)
      if (!part) throw new Problem(0, 'UNEXPECTED')
      return part
    },
    put: putPart,
    complete: async () => void (await completeFile(productionId, fileId)),
    rest,
    now: () => performance.now(),
  }
  uploads.get(fileId)?.pause()
  uploads.set(fileId, new Upload(file, plan, line, (progress) => told(fileId, progress)))
  remember(fileId, { name: file.name, size: file.size, lastModified: file.lastModified })
  resume(fileId)
}

export function resume(fileId: string): void {
  void uploads.get(fileId)?.run()
}

export function pause(fileId: string): void {
  uploads.get(fileId)?.pause()
}

/** The file is wanted no more, or is there. */
export function forget(fileId: string): void {
  pause(fileId)
  uploads.delete(fileId)
  progresses.delete(fileId)
  guard()
  remember(fileId, undefined)
}

/** Whether the file is the one that the service has parts of. */
export function isAwaited(file: File, awaited: ProductionFile): boolean {
  return isSameFile(file, awaited, remembered()[awaited.file_id])
}

function told(fileId: string, progress: Progress): void {
  progresses.set(fileId, progress)
  guard()
}

/** Whoever closes the tab meanwhile is asked first: the parts stay, but they must come back and choose the file again. */
function guard(): void {
  const busy = [...progresses.values()].some(({ state }) => UNDER_WAY.has(state))
  if (busy) window.addEventListener('beforeunload', ask)
  else window.removeEventListener('beforeunload', ask)
}

function ask(event: Event): void {
  event.preventDefault()
}

function remembered(): Record<string, Chosen | undefined> {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? '{}') as Record<string, Chosen>
  } catch {
    return {}
  }
}

function remember(fileId: string, chosen: Chosen | undefined): void {
  localStorage.setItem(STORED, JSON.stringify({ ...remembered(), [fileId]: chosen }))
}
