import type { components } from '../../api/generated/playback'
import { t } from '../messages'

/** What a signal measured, in its unit: "120 ms". */
export function figure(n: number, unit: components['schemas']['Unit']): string {
  return t(`risk.unit.${unit}`, { n })
}
