// What the playback service and the player say to each other. Positions are milliseconds of the lecture.

/** A question that waits to be confirmed; nothing is credited until it is. */
export interface Prompt {
  index: number
  nonce: string
  /** What it asks; without, it only waits. */
  question: { text: string; choices: string[] } | null
  wrong_answers: number
}

/** What the player is told after every accepted call. */
export interface WatchState {
  token: string
  watch_id: string
  /** Told when a session starts. */
  media_url?: string | undefined
  duration_ms: number
  /** The credited part is always [0, furthest_ms]. */
  furthest_ms: number
  saved_at: string
  next_beat_ms: number
  /** A decimal number, such as "1.0". */
  max_rate: string
  /** The most unsaved play that a later call can still have credited. */
  gap_cap_ms: number
  day_left_ms: number
  prompts: { total: number; confirmed: number }
  prompt: Prompt | null
  completed: boolean
}

/** A refusal: a stable code, and what was saved before it. */
export interface Refusal {
  status: number
  code: string
  saved?: { furthest_ms: number } | undefined
}

/** One request to the service. A retry sends exactly the same one again. */
export type Request =
  | { kind: 'start'; takeOver: boolean; newAttempt: boolean; key: string }
  | { kind: 'beat' | 'pause'; token: string; positionMs: number }
  | { kind: 'confirm'; token: string; nonce: string; choice: number | null }

export type Outcome<P extends Refusal = Refusal> =
  | { kind: 'accepted'; state: WatchState }
  | { kind: 'refused'; problem: P }
  /** No answer arrived: the request may or may not have been carried out. */
  | { kind: 'unanswered' }
