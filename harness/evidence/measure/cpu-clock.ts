/** The processor time of one OS process over several readings, in nanoseconds rather than in the kernel's hundredths of a second. Pure. */

/** One reading, in microseconds. */
export interface CpuCounts {
  /** User and system time of all threads that the process ever had; each of the two is rounded down to a hundredth of a second. */
  readonly ticksUs: number;
  /** What each living thread has used, by its id; null if the kernel keeps no statistics of its scheduler. */
  readonly threadsUs: ReadonlyMap<string, number> | null;
}

/** User time and system time are each less than a hundredth of a second above what is reported. */
const ROUNDED_US = 20_000;

/**
 * Adds up the living threads, which the kernel counts exactly, and what is known of those that ended: as last read, or, of threads that
 * came and went between two readings, what the rounded total has beyond them. The sum may lie below the truth by up to 40 ms, always by the
 * same amount while no thread ends, so that differences are exact.
 */
export class CpuClock {
  #seen: ReadonlyMap<string, number> = new Map();
  #endedUs: number | null = null;

  /** CPU since the process began, in microseconds; readings are given in order. */
  read({ ticksUs, threadsUs }: CpuCounts): number {
    if (threadsUs === null) return ticksUs;
    let livingUs = 0;
    for (const us of threadsUs.values()) livingUs += us;
    const missingUs = Math.max(0, ticksUs - livingUs);
    let endedUs = this.#endedUs ?? missingUs;
    for (const [thread, us] of this.#seen) {
      // A smaller time is that of another thread, which was given the same id.
      if ((threadsUs.get(thread) ?? -1) < us) endedUs += us;
    }
    if (missingUs > endedUs + ROUNDED_US) endedUs = missingUs;
    this.#seen = threadsUs;
    this.#endedUs = endedUs;
    return livingUs + endedUs;
  }
}
