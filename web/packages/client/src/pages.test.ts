import { describe, expect, it } from 'vitest'
import { everyPage } from './pages.js'

describe('a list that must be whole', () => {
  it('is read page by page until there is no more', async () => {
    const asked: (number | undefined)[] = []
    const pages = await everyPage<number, { rows: string[]; after: number | null }>((after) => {
      asked.push(after)
      return Promise.resolve({ rows: [`after ${after}`], after: asked.length < 3 ? asked.length : null })
    })
    expect(asked).toEqual([undefined, 1, 2])
    expect(pages.flatMap((page) => page.rows)).toEqual(['after undefined', 'after 1', 'after 2'])
  })

  it('is not shown in part where a page fails', async () => {
    const failing = everyPage<number, { after: number | null }>((after) =>
      after ? Promise.reject(new Error('gone')) : Promise.resolve({ after: 1 }),
    )
    await expect(failing).rejects.toThrow('gone')
  })
})
