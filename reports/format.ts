/** How numbers look in every report: the same as everywhere else, so that its home is beside the Result. */
export {
  formatBytes,
  formatChange,
  formatCores,
  formatCount,
  formatInUnit,
  formatMachineMemory,
  formatMs,
  formatNumber,
  formatPercentile,
  formatRate,
  formatShare,
  formatTick,
  formatUs,
  NOT_MEASURED,
  plural,
  roundTick,
  sentenceCase,
} from '../harness/evidence/result/format.ts';
export { clip } from '../harness/evidence/result/printable.ts';
