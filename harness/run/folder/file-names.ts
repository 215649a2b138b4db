/** The names of the files in a run folder, whichever kind of run writes them. Pure. */
import { extname } from 'node:path';

/** In the order in which they are written. */
export const RUN_FILES = ['result.json', 'timeline.ndjson', 'schedule.json', 'latency.hlog'] as const;

/** What a run of k6 has in addition; the script is in the language of this file. */
export const K6_SCRIPT_FILE = `k6-script${extname(import.meta.url)}`;
export const K6_SUMMARY_FILE = 'k6-summary.json';

/** The files of a profiler. */
export const PROFILE_FOLDER = 'profile';
