/** What counts of a certificate's code that somebody typed: letters and digits, of half width. */
export function typedCode(text: string): string {
  return text.normalize('NFKC').replace(/[^0-9A-Za-z]/g, '')
}
