// A production as the tests of the desk begin with it.

import type { Block, BlockName, Production, ProductionFile } from './production'

const AT = '2026-12-01T02:00:00Z'

export function sampleFile(of: Partial<ProductionFile> = {}): ProductionFile {
  const file = { file_id: 'f1', role: 'recording', name: 'talk.mp4', bytes: 40, part_bytes: 16 } as const
  return { ...file, state: 'here', parts_here: [], problem: null, instructor: null, picture_url: null, ...of }
}

export function sampleBlock(block: BlockName, of: Partial<Block> = {}): Block {
  const nobody = { made_by: null, reviewer: null, reviewed_at: null }
  return {
    block,
    revision: 3,
    state: 'empty',
    value: null,
    edited: false,
    taken: [],
    marks: [],
    sources: [],
    ...nobody,
    ...of,
  }
}

export function sample(of: Partial<Production> = {}): Production {
  const waiting = { state: 'waiting', started_at: null, ended_at: null, percent: null, problem: null } as const
  return {
    production_id: 'p1',
    course_id: 'bond-duration',
    title: '债券久期',
    language: 'zh',
    state: 'bringing',
    base_publication: 0,
    steps: (['probe', 'encode', 'check', 'transcribe', 'summarise'] as const).map((step) => ({ step, ...waiting })),
    files: [],
    facts: { revision: 1, facts: { title: '债券久期' }, faults: [], changed_at: AT },
    blocks: [],
    media: null,
    kept_ms: null,
    missing: [],
    doubts: [],
    published: null,
    started_at: AT,
    changed_at: AT,
    ...of,
  }
}
