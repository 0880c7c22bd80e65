/** The civil day in Shanghai, YYYY-MM-DD. */
export function dayInShanghai(iso: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', dateStyle: 'short' }).format(new Date(iso))
}
