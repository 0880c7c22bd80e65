// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { onPage } from '../components/mounting'
import LectureGuide from './LectureGuide.vue'

const CHAPTERS = [{ at_ms: 0, title: '绪论', summary: '' }]
const READY = { state: 'ready' as const, sentences: [{ startMs: 0, text: '先看久期。' }] }

async function shown(props: Partial<InstanceType<typeof LectureGuide>['$props']> = {}) {
  const guide = mount(LectureGuide, {
    ...(await onPage()),
    props: {
      chapters: CHAPTERS,
      transcript: READY,
      languages: ['zh-CN'],
      language: 'zh-CN',
      nowMs: 0,
      frontierMs: 20_000,
      enabled: true,
      ...props,
    },
  })
  await guide.vm.$nextTick()
  return { guide, user: userEvent.setup() }
}

describe('what leads through a lecture', () => {
  it('begins with the chapters and has the transcript beside them', async () => {
    const { guide, user } = await shown()
    await user.click(screen.getByRole('button', { name: /绪论/ }))
    await user.click(screen.getByRole('tab', { name: '文稿' }))
    await user.click(screen.getByText('先看久期。'))
    expect(guide.emitted('seek')).toEqual([[0], [0]])
  })

  it('is the transcript alone where there are no chapters', async () => {
    await shown({ chapters: [] })
    expect(screen.getAllByRole('tab').map((tab) => tab.textContent.trim())).toEqual(['文稿'])
    expect(screen.getByText('先看久期。')).toBeDefined()
  })

  it('says that there is no transcript, that it loads, and that it failed', async () => {
    const { guide, user } = await shown({ chapters: [], transcript: null, languages: [], language: null })
    expect(screen.getByText('本课程没有文稿。')).toBeDefined()
    await guide.setProps({ transcript: { state: 'loading' } })
    expect(screen.getByRole('status').textContent.trim()).toBe('文稿正在载入…')
    await guide.setProps({ transcript: { state: 'failed' } })
    await user.click(screen.getByRole('button', { name: '重新载入' }))
    expect(guide.emitted('again')).toHaveLength(1)
  })

  it('is read in any of its languages', async () => {
    const { guide, user } = await shown({ chapters: [], languages: ['zh-CN', 'en'] })
    await user.selectOptions(screen.getByRole('combobox', { name: '文稿语言' }), 'en')
    expect(guide.emitted('language')).toEqual([['en']])
  })
})
