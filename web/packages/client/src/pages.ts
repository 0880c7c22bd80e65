export interface Part<Place> {
  /** Where the next page begins; null: there is no more. */
  after: Place | null
}

/**
 * All pages of a list, one after the other: for what is added up, or looked things up in, and therefore must be whole.
 * Almost always there is one.
 */
export async function everyPage<Place, Page extends Part<Place>>(
  read: (after: Place | undefined) => Promise<Page>,
): Promise<Page[]> {
  const pages: Page[] = []
  let after: Place | undefined
  do {
    const page = await read(after)
    pages.push(page)
    after = page.after ?? undefined
  } while (after !== undefined)
  return pages
}
