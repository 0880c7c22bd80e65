import type { components } from '@xueshi/client/playback'
import { t } from '../messages'

type Schemas = components['schemas']
/** A signal, or what else a reviewer may weigh: kinds and units of the latter may be newer than this client. */
export type Measured = Schemas['SignalAnswer'] | Schemas['FigureAnswer']

/** What was measured, in its unit: "120 ms". */
export function figure(n: number, unit: string): string {
  return (t.maybe(`risk.unit.${unit}`) ?? `{n} ${unit}`).replace('{n}', String(n))
}

/** What it is called. */
export function nameOf({ kind }: Measured): string {
  return t.maybe(`risk.kind.${kind}`) ?? kind
}

/** All that was measured of a watch. */
export function measuredOf(found: Schemas['CaseAnswer']): Measured[] {
  return [...found.signals, ...found.figures]
}
