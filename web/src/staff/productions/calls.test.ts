import { expect, it, vi } from 'vitest'
import { readPreview } from './calls'

const preview = vi.hoisted(() => vi.fn())
vi.mock('../../api/client', () => ({ editing: { GET: preview }, result: (answer: unknown) => answer, sentAgain: {} }))

it('the preview has the pictures that are not published yet, and otherwise those that are', async () => {
  const people = [
    { name: '林知远', portrait: null },
    { name: '周行', portrait: '/pictures/zhou.png' },
  ]
  const page = { title: '债券久期', cover: '/pictures/cover.jpg', instructors: people }
  preview.mockReturnValue({ page, preview_url: null, cover_url: null, portraits: { 林知远: 'https://bucket/lin' } })
  expect(await readPreview('p1')).toEqual({
    title: '债券久期',
    cover: '/pictures/cover.jpg',
    instructors: [
      { name: '林知远', portrait: 'https://bucket/lin' },
      { name: '周行', portrait: '/pictures/zhou.png' },
    ],
  })
  preview.mockReturnValue({ page, preview_url: null, cover_url: 'https://bucket/cover', portraits: {} })
  expect((await readPreview('p1')).cover).toBe('https://bucket/cover')
})
