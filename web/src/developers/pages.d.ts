/** A page of docs/, as scripts/pages.mjs makes it. */
declare module '*.md' {
  export const html: string
  export const headings: { id: string; depth: number; text: string }[]
}
