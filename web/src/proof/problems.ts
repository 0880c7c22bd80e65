// What speaks against a document, by the codes of docs/evidence-format.md; their words are in messages.ts.

export interface Problem {
  code: string
  /** Where or how: a leg's number, a name. It may come from a stranger's file. */
  detail?: string
}
