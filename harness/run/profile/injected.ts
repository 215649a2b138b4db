/**
 * doctor and bubbleprof: clinic's own collectors, loaded into a running node when the load begins. They write into a folder; trace events
 * come from the inspector, which starts and stops them.
 */
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Clinic, clinicPage } from './clinic.ts';
import type { Inspector } from './inspector.ts';
import type { NodeRecording, ProfileMethod, Written } from './method.ts';
import { rootedEvents } from './rooted-events.ts';
import { TraceEvents } from './trace-events.ts';

export interface Collector {
  readonly kind: 'doctor' | 'bubbleprof';
  /** In the package's folder of what is injected. */
  readonly script: string;
  /** Trace events that belong to it. */
  readonly category: string;
  /** The file that it writes, by the end of its name. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Has it stop, where it can; JavaScript in which `collector` is its module. */
  readonly stop: string;
  /** What clinic cannot make of the trace as it is. */
  readonly adapt: (trace: string) => string;
}

export const DOCTOR: Collector = {
  kind: 'doctor',
  script: 'sampler.js',
  category: 'v8',
  file: 'processstat',
  environment: {
    NODE_CLINIC_DOCTOR_SAMPLE_INTERVAL: '10',
    NODE_CLINIC_DOCTOR_TIMEOUT_DELAY: '0',
    NODE_CLINIC_DOCTOR_COLLECT_LOOP_UTILIZATION: 'true',
  },
  stop: '',
  adapt: (trace) => trace,
};

export const BUBBLEPROF: Collector = {
  kind: 'bubbleprof',
  script: 'logger.js',
  category: 'node.async_hooks',
  file: 'stacktrace',
  environment: {},
  stop: 'collector.skipThis = true;',
  adapt: rootedEvents,
};

const NAME = 'node';

export function injected(clinic: Clinic, collector: Collector): ProfileMethod {
  return { kind: collector.kind, prepare: (inspector) => prepare(inspector, clinic, collector) };
}

async function prepare(inspector: Inspector, clinic: Clinic, collector: Collector): Promise<NodeRecording> {
  const trace = new TraceEvents(inspector);
  const own = await mkdtemp(join(tmpdir(), 'letitcrash-collector-'));
  const prefix = join(own, `${NAME}.clinic-${collector.kind}`, `${NAME}.clinic-${collector.kind}-`);
  const variable = `NODE_CLINIC_${collector.kind.toUpperCase()}`;
  const environment = { ...collector.environment, [`${variable}_DATA_PATH`]: own, [`${variable}_NAME`]: NAME };
  // Where the main module is transpiled, bubbleprof writes a warning to descriptor 3, which is the node's channel to its parent.
  const load = `(() => {
    const load = process.getBuiltinModule('node:module').createRequire(${JSON.stringify(join(clinic.root, 'package.json'))});
    Object.assign(process.env, ${JSON.stringify(environment)});
    const main = process.mainModule;
    process.mainModule = undefined;
    setImmediate(() => { process.mainModule = main; });
    globalThis[Symbol.for('letitcrash.collector')] = load(${JSON.stringify(`./injects/${collector.script}`)});
  })()`;
  return {
    discard: () => rmSync(own, { recursive: true, force: true }),
    async begin() {
      await trace.begin(collector.category);
      await inspector.evaluate(load);
    },
    async end() {
      await inspector.evaluate(
        `(() => { const collector = globalThis[Symbol.for('letitcrash.collector')]; ${collector.stop} })()`,
      );
      const [events, system, collected] = [
        await trace.end(),
        await readFile(`${prefix}systeminfo`),
        await readFile(`${prefix}${collector.file}`),
      ];
      const write = async (folder: string, node: string): Promise<Written> => {
        const page = `${node}.${collector.kind}.html`;
        await clinicPage(clinic, node, join(folder, page), async (to) => {
          await mkdir(dirname(to));
          await writeFile(`${to}systeminfo`, system);
          await writeFile(`${to}${collector.file}`, collected);
          await writeFile(`${to}traceevent`, collector.adapt(events));
        });
        const notes = trace.truncated ? ['There were too many trace events: those from the end of the load are missing.'] : [];
        return { files: [{ path: page, opensWith: `a browser (clinic ${collector.kind})` }], stacks: null, notes };
      };
      return { write };
    },
  };
}
