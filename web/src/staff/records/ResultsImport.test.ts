// @vitest-environment happy-dom
import { screen } from '@testing-library/dom'
import userEvent from '@testing-library/user-event'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { credits } from '../../api/client'
import { onPage } from '../../components/mounting'
import ResultsImport from './ResultsImport.vue'

vi.mock('../../api/client', () => ({ credits: { POST: vi.fn() }, result: vi.fn() }))

// "行号 line_id,结果 result" as Chinese spreadsheets save it, and "证号" in Big5.
const GBK = 'd0d0bac5206c696e655f69642cbde1b9fb20726573756c74'
const BIG5 = 'c3d2b8b9'

async function chosen(hex: string) {
  mount(ResultsImport, { ...(await onPage()), props: { credential: 'AFP', number: 1 } })
  const user = userEvent.setup()
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16))
  await user.upload(screen.getByLabelText('选择答复文件'), new File([bytes], 'answers.csv', { type: 'text/csv' }))
  await user.type(screen.getByRole('textbox', { name: '理由' }), '来函')
  await flushPromises()
  await user.click(screen.getByRole('button', { name: '导入答复' }))
  await flushPromises()
}

it('sends what a Chinese spreadsheet saved as it was meant', async () => {
  await chosen(GBK)
  const sent = { body: { csv: '行号 line_id,结果 result', reason: '来函' } }
  expect(vi.mocked(credits.POST).mock.calls).toEqual([[expect.any(String), expect.objectContaining(sent)]])
})

it('sends nothing of a file in an encoding that it does not know, and says what to do', async () => {
  vi.mocked(credits.POST).mockClear()
  await chosen(BIG5)
  expect(credits.POST).not.toHaveBeenCalled()
  expect(screen.getByText(/CSV UTF-8/)).toBeDefined()
})
