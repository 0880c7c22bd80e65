// What stands for a person in a round picture: the first character as people see it, however many code units it has.

export function initial(name: string): string {
  // Browsers of before 2024 may lack it: there a joined emoji is its first part.
  const characters = 'Segmenter' in Intl ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : undefined
  const [first = ''] = characters ? Array.from(characters.segment(name), (part) => part.segment) : name
  return first.toUpperCase()
}
