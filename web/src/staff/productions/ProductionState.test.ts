// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import ProductionState from './ProductionState.vue'

describe('how a production stands', () => {
  it.each([
    ['failed', '处理出错文稿'],
    ['cancelled', '已取消'],
  ] as const)('names the step that runs or failed, and none where it ended: %s', (state, shown) => {
    expect(mount(ProductionState, { props: { state, step: 'transcribe' } }).text()).toBe(shown)
  })
})
