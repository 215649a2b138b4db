/** An arrival model in words, the same in a dry run and in a Result. Pure. */
import { plural } from '../../evidence/result/format.ts';
import type { ArrivalModel, ClosedLoop } from './plan.ts';

/** On one line, like `poisson 2000/s`. */
export function arrivalModelText(model: ArrivalModel | ClosedLoop): string {
  switch (model.kind) {
    case 'closed': {
      const most = model.ratePerSecond === null ? '' : `, at most ${model.ratePerSecond}/s`;
      return `closed loop, ${plural(model.connections, 'connection')}${model.pipelining === 1 ? '' : ` of ${model.pipelining} requests`}${most}`;
    }
    case 'constant':
    case 'poisson':
      return `${model.kind} ${model.ratePerSecond}/s`;
    case 'ramp':
      return `ramp ${model.fromPerSecond}/s to ${model.toPerSecond}/s`;
    case 'step':
      return `step ${model.steps.map(({ atMs, ratePerSecond }) => `${ratePerSecond}/s from ${atMs} ms`).join(', ')}`;
    case 'spike':
      return `spike ${model.basePerSecond}/s to ${model.peakPerSecond}/s at ${model.atMs} ms for ${model.forMs} ms`;
  }
}
