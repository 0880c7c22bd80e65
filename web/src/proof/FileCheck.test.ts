// @vitest-environment happy-dom
import { screen, waitFor } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { onPage, speak } from '../components/mounting'
import FileCheck from './FileCheck.vue'
import { base64UrlText } from './encoding'
import { t } from './messages'
import { content, textOf, vectors } from './vectors'

const PUBLISHED: Record<string, string> = {
  '/v1/playback/jwks': textOf('jwks.json'),
  '/v1/playback/log/policy': textOf('policy.txt'),
}
const asked = vi.fn<(url: string) => Promise<Response>>()

beforeEach(() => {
  asked.mockImplementation((url) => Promise.resolve(new Response(PUBLISHED[url] ?? '', { status: 200 })))
  vi.stubGlobal('fetch', asked)
})
afterEach(() => {
  vi.unstubAllGlobals()
  asked.mockReset()
})

function file(name: string): File {
  return new File([content(name)], name)
}

async function opened(hash = '') {
  const page = await onPage('verify', 'checkFile')
  await page.global.plugins[0]?.push({ path: '/here', hash })
  mount(FileCheck, page)
  await waitFor(() => expect(asked).toHaveBeenCalledTimes(2))
  return userEvent.setup()
}

/** What is read out. */
const heard = (): string => screen.getByRole('status').textContent

describe('the page that checks a file', () => {
  it('asks for what is published and then for nothing more, whatever is picked', async () => {
    const user = await opened()
    await user.upload(screen.getByLabelText('选择文件，或拖到这里'), file('genuine-pack.json'))
    await waitFor(() => expect(heard()).toContain('通过：能够核对的各项都正确。'))
    expect(heard()).toContain('见证方 w1 于 2026/9/21 23:13:20（北京时间） 已看到')
    expect(heard()).toContain('按已公布的规则 2026-01（2026-01-01）：互动 2 次，断线余量最多 30 秒')
    expect(heard()).toContain('屏幕前是谁，以及是否用心听讲')
    await user.upload(screen.getByLabelText('选择文件，或拖到这里'), file('changed-pack.json'))
    await waitFor(() => expect(heard()).toContain('不通过'))
    expect(heard()).toContain('签名不正确')
    expect(heard()).not.toContain('已证明')
    expect(asked.mock.calls.map(([url]) => url)).toEqual(Object.keys(PUBLISHED))
  })

  it('takes a pack and its proof one after the other, and no proof of an earlier file', async () => {
    const user = await opened()
    const input = screen.getByLabelText('选择文件，或拖到这里')
    await user.upload(input, file('genuine-pack-apart.json'))
    await waitFor(() => expect(heard()).toContain('缺少日志证明'))
    await user.upload(input, file('genuine-pack.tlog-proof'))
    await waitFor(() => expect(heard()).toContain('通过：'))
    await user.upload(input, file('genuine-certificate-apart.json'))
    await waitFor(() => expect(heard()).toContain('缺少日志证明'))
  })

  it('takes keys and policy as files in the place of the published ones, and says so', async () => {
    asked.mockRejectedValue(new TypeError('offline'))
    const user = await opened()
    await waitFor(() => screen.getByRole('alert'))
    const input = screen.getByLabelText('选择文件，或拖到这里')
    await user.upload(input, [file('genuine-pack.json'), file('jwks.json'), file('policy.txt')])
    await waitFor(() => expect(heard()).toContain('通过，但以您给出的公钥或名单为准'))
    screen.getByText('公钥：您给出的文件。')
    screen.getByText('日志与见证方名单：您给出的文件。')
    await user.upload(input, file('policy-without-quorum.txt'))
    await waitFor(() => expect(heard()).toContain('名单损坏'))
    await user.click(screen.getByRole('button', { name: '改回本站公布的公钥和名单' }))
    screen.getByText(/公钥：打开此页时从本站/)
    expect(screen.queryByRole('button', { name: '改回本站公布的公钥和名单' })).toBeNull()
  })

  it('takes what is pasted, and what a link carries behind its #', async () => {
    const user = await opened(`#${base64UrlText(content('genuine-certificate.json'))}`)
    await waitFor(() => expect(heard()).toContain('AFP 1.5 学时（选修）'))
    const field = screen.getByLabelText('或粘贴文件内容、链接、证书编号')
    await user.click(field)
    await user.paste('{"not": "a pack"')
    await user.click(screen.getByRole('button', { name: '核对' }))
    await waitFor(() => expect(heard()).toContain('无法读取'))
  })

  it.each(['policy.txt', 'jwks.json'])('takes no %s from a link, opened or pasted', async (name) => {
    const link = `#${base64UrlText(content(name))}`
    const user = await opened(link)
    await waitFor(() => expect(heard()).toContain('无法读取'))
    screen.getByText(/公钥：打开此页时从本站/)
    screen.getByText(/名单：打开此页时从本站/)
    await user.click(screen.getByLabelText('或粘贴文件内容、链接、证书编号'))
    await user.paste(`https://learn.example.com/check${link}`)
    await user.click(screen.getByRole('button', { name: '核对' }))
    await waitFor(() => expect(heard()).toContain('无法读取'))
    screen.getByText(/名单：打开此页时从本站/)
  })

  it('judges each of several documents, by its name', async () => {
    const user = await opened()
    const names = ['changed-certificate.json', 'genuine-pack.json', 'genuine-certificate.json']
    await user.upload(screen.getByLabelText('选择文件，或拖到这里'), names.map(file))
    await waitFor(() => expect(screen.getAllByRole('region')).toHaveLength(3))
    expect(screen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent)).toEqual(
      expect.arrayContaining(names),
    )
    expect(screen.getAllByText(/^通过：/)).toHaveLength(2)
    expect(screen.getAllByText(/^不通过/)).toHaveLength(1)
  })

  it('takes a policy however it is indented, and no two of them', async () => {
    const user = await opened()
    const input = screen.getByLabelText('选择文件，或拖到这里')
    const indented = new File([textOf('policy.txt').replace(/^/gm, '  ')], 'mine.txt')
    await user.upload(input, [indented, file('genuine-pack.json')])
    await waitFor(() => expect(heard()).toContain('通过，但以您给出的'))
    await user.upload(input, [indented, file('policy.txt'), file('genuine-pack.json')])
    await waitFor(() => expect(heard()).toContain('每种只能有一份'))
    expect(heard()).not.toContain('通过')
  })

  it('compares with a checkpoint that somebody kept', async () => {
    const user = await opened()
    const input = screen.getByLabelText('选择文件，或拖到这里')
    await user.upload(input, [file('genuine-pack.json'), file('checkpoint-of-another-tree.txt')])
    await waitFor(() => expect(heard()).toContain('日志曾被改写'))
  })

  it('says that it is checking while it does', async () => {
    const user = await opened()
    await user.upload(screen.getByLabelText('选择文件，或拖到这里'), file('genuine-pack.json'))
    expect(heard()).toContain('正在核对')
    await waitFor(() => expect(heard()).toContain('通过：'))
  })

  it('says before it asks for a certificate that a number is sent', async () => {
    const user = await opened()
    await user.click(screen.getByLabelText('或粘贴文件内容、链接、证书编号'))
    await user.paste('https://learn.example.com/verify/0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV')
    screen.getByText(/按下按钮会把编号发给我们/)
    screen.getByRole('button', { name: '取得并核对' })
    expect(asked).toHaveBeenCalledTimes(2)
  })

  it('has words for every problem that the vectors name', () => {
    const codes = vectors.flatMap(({ problems }) => problems)
    expect(codes.filter((code) => t.maybe(`check.problem.${code}`) === null)).toEqual([])
  })

  it('is in English on an English page', async () => {
    await speak('en')
    const user = await opened()
    await user.upload(screen.getByLabelText('Choose a file, or drop it here'), file('cosigned-by-nobody.json'))
    await waitFor(() => expect(heard()).toContain('Too few witnesses have seen the log.'))
    expect(heard()).not.toMatch(/\p{Script=Han}/u)
  })
})
