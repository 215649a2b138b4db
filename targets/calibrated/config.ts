/** The settings of the calibrated server: what it is asked to do, each with its range. README.md says what each means. */

/** Of one WebSocket message and of one frame. */
export const MAX_FRAME_BYTES = 1_100_000;
/** The rest of it is for a payload: a client may put this much of other frames into the same message. */
export const LARGEST_PAYLOAD_BYTES = MAX_FRAME_BYTES - 32_768;

export interface CalibratedConfig {
  readonly delayMs: number;
  /** One message in this many; 0 for none. The same holds for every key that ends in Every. */
  readonly delayEvery: number;
  readonly delayEveryMs: number;
  /** Mean of the exponential distribution; 0 for none. */
  readonly serviceTimeMs: number;
  readonly seed: number;
  /** Most acknowledgements a second, one at a time; 0 for no limit. */
  readonly capPerSecond: number;
  readonly dropEvery: number;
  readonly unansweredEvery: number;
  readonly refuseEvery: number;
  readonly duplicateEvery: number;
  readonly reorderEvery: number;
  readonly misdeliverEvery: number;
  readonly corruptEvery: number;
  readonly earlyReceiptEvery: number;
  readonly hideEvery: number;
  /** Since the first message of the process. */
  readonly freezeAtMs: number;
  readonly freezeForMs: number;
  /** Since the first message of the process; 0 for never. */
  readonly expelAtMs: number;
  readonly leakBytesPerConnection: number;
  readonly leakBytesPerMessage: number;
  readonly downtimeMs: number;
  readonly neverRecovers: boolean;
}

export const HONEST: CalibratedConfig = {
  delayMs: 0,
  delayEvery: 0,
  delayEveryMs: 0,
  serviceTimeMs: 0,
  seed: 1,
  capPerSecond: 0,
  dropEvery: 0,
  unansweredEvery: 0,
  refuseEvery: 0,
  duplicateEvery: 0,
  reorderEvery: 0,
  misdeliverEvery: 0,
  corruptEvery: 0,
  earlyReceiptEvery: 0,
  hideEvery: 0,
  freezeAtMs: 0,
  freezeForMs: 0,
  expelAtMs: 0,
  leakBytesPerConnection: 0,
  leakBytesPerMessage: 0,
  downtimeMs: 0,
  neverRecovers: false,
};

interface Range {
  readonly low: number;
  readonly high: number;
  readonly whole: boolean;
  readonly unit: string;
}
const ms = (high: number): Range => ({ low: 0, high, whole: false, unit: ' milliseconds' });
const every: Range = { low: 1, high: 1_000_000_000, whole: true, unit: ' (every nth message)' };

const RANGES: ReadonlyMap<string, Range> = new Map(
  Object.entries({
    delayMs: ms(60_000),
    delayEvery: every,
    delayEveryMs: ms(60_000),
    serviceTimeMs: ms(10_000),
    seed: { low: 0, high: 0xffffffff, whole: true, unit: '' },
    capPerSecond: { low: 1, high: 1_000_000, whole: false, unit: ' a second' },
    dropEvery: every,
    unansweredEvery: every,
    refuseEvery: every,
    duplicateEvery: every,
    reorderEvery: every,
    misdeliverEvery: every,
    corruptEvery: every,
    earlyReceiptEvery: every,
    hideEvery: every,
    freezeAtMs: ms(86_400_000),
    freezeForMs: ms(600_000),
    expelAtMs: ms(86_400_000),
    leakBytesPerConnection: { low: 0, high: 10_000_000, whole: true, unit: ' bytes' },
    leakBytesPerMessage: { low: 0, high: 100_000, whole: true, unit: ' bytes' },
    downtimeMs: ms(600_000),
  } satisfies Record<Exclude<keyof CalibratedConfig, 'neverRecovers'>, Range>),
);

/** Settings that mean nothing without another. */
const PARTNERS: readonly (readonly [keyof CalibratedConfig, keyof CalibratedConfig])[] = [
  ['delayEvery', 'delayEveryMs'],
  ['delayEveryMs', 'delayEvery'],
  ['freezeAtMs', 'freezeForMs'],
];

/** One message a fault, each with the key, the value and what would be right; empty when all is well. */
export function checkConfig(config: Readonly<Record<string, unknown>>): readonly string[] {
  const faults: string[] = [];
  for (const [key, value] of Object.entries(config)) {
    const range = RANGES.get(key);
    if (key === 'neverRecovers') {
      if (typeof value !== 'boolean') faults.push(`${key}: ${shown(value)} is not true or false`);
    } else if (range === undefined) {
      faults.push(`${key}: there is no such setting; the settings are ${Object.keys(HONEST).join(', ')}`);
    } else if (!isWithin(value, range)) {
      const { low, high, whole, unit } = range;
      faults.push(`${key}: ${shown(value)} must be a ${whole ? 'whole ' : ''}number from ${low} to ${high}${unit}`);
    }
  }
  for (const [key, partner] of PARTNERS) {
    if (Object.hasOwn(config, key) && !Object.hasOwn(config, partner)) {
      faults.push(`${key}: ${shown(config[key])} has no effect without ${partner}; set both`);
    }
  }
  return faults;
}

/** The checked settings with the honest defaults for the rest. */
export function completeConfig(config: Readonly<Record<string, unknown>>): CalibratedConfig {
  return { ...HONEST, ...(config as Partial<CalibratedConfig>) };
}

function isWithin(value: unknown, { low, high, whole }: Range): boolean {
  return typeof value === 'number' && value >= low && value <= high && (!whole || Number.isInteger(value));
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
