// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { figure, measuredOf, nameOf } from './figures'

describe('what was measured', () => {
  it('is shown with what else a reviewer may weigh, of kinds that this client does not know too', () => {
    const found = {
      signals: [{ kind: 'no_rest', measured: 1, threshold: 2, unit: 'hours' }],
      figures: [{ kind: 'seen_from_the_moon', measured: 7, threshold: 2, unit: 'craters' }],
    } as unknown as Parameters<typeof measuredOf>[0]
    const told = measuredOf(found).map((one) => `${nameOf(one)}: ${figure(one.measured, one.unit)}`)
    expect(told).toEqual(['连续两天没有足够休息: 1 小时', 'seen_from_the_moon: 7 craters'])
  })
})
