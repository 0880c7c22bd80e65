/** What is meant by a code, number or address that was typed or pasted: of half width, with plain hyphens, and without
 * blanks and whatever mails put between that nobody sees. */
export function asTyped(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\p{Cf}]/gu, '')
    .replace(/\p{Pd}/gu, '-')
}
