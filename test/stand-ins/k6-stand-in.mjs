#!/usr/bin/env node
/**
 * A stand-in for k6 in tests: it is not k6, and nothing that it measures says anything of k6. It takes k6's command line as letitcrash
 * writes it, plays a script's virtual users on real sockets in one Node process, serves the metrics of k6's REST API, judges thresholds,
 * calls handleSummary, and ends with k6's exit codes. Its file formats are those of k6's documentation.
 */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { registerHooks } from 'node:module';
import { resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';
import { add, busy, closeConnections, execution, metrics, modules } from './k6-modules.mjs';

const EXIT = { thresholds: 99, script: 107 };
const WITH_VALUE = ['--log-format', '--address', '--summary-trend-stats', '--env'];

const [command, ...args] = process.argv.slice(2);
if (command === 'version') {
  console.log(process.env.K6_STAND_IN_VERSION ?? 'k6 v2.3.0 (a stand-in of letitcrash, not k6)');
  process.exit(0);
}
const flags = new Map();
const environment = { ...process.env };
let script = '';
for (let at = 0; at < args.length; at++) {
  const word = args[at];
  if (!word.startsWith('--')) script = word;
  else if (!WITH_VALUE.includes(word)) flags.set(word, true);
  else {
    const value = args[++at];
    flags.set(word, value);
    const [name, ...rest] = value.split('=');
    if (word === '--env') environment[name] = rest.join('=');
  }
}
globalThis.__ENV = environment;
globalThis.k6StandIn = modules;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier in modules ? { url: `standin:${specifier}`, format: 'module', shortCircuit: true } : next(specifier, context),
  load: (url, context, next) => {
    if (!url.startsWith('standin:')) return next(url, context);
    const name = url.slice('standin:'.length);
    const whole = `globalThis.k6StandIn[${JSON.stringify(name)}]`;
    const names = Object.keys(modules[name]);
    const source = `export default ${whole};\nexport const { ${names.join(', ')} } = ${whole};\n`;
    return { format: 'module', shortCircuit: true, source };
  },
});

function valuesOf(metric, seconds, stats) {
  if (metric.type === 'counter') return { count: metric.count, rate: metric.count / seconds };
  if (metric.type === 'gauge') return { value: metric.value, min: metric.value, max: metric.value };
  if (metric.type === 'rate')
    return {
      rate: metric.total === 0 ? 0 : metric.trues / metric.total,
      passes: metric.trues,
      fails: metric.total - metric.trues,
    };
  const sorted = [...metric.samples].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const known = {
    avg: sorted.reduce((sum, each) => sum + each, 0) / Math.max(1, sorted.length),
    min: at(0),
    med: at(0.5),
    max: at(1),
    count: sorted.length,
  };
  return Object.fromEntries(stats.map((stat) => [stat, known[stat] ?? at(Number(/[\d.]+/.exec(stat)?.[0]) / 100)]));
}

function judged(expression, values) {
  const [, stat, sign, limit] = /^(.+?)(<=|>=|<|>|==)([\d.]+)$/.exec(expression);
  const [actual, bound] = [values[stat] ?? 0, Number(limit)];
  return { '<': actual < bound, '<=': actual <= bound, '>': actual > bound, '>=': actual >= bound, '==': actual === bound }[sign];
}

async function perVuIterations(scenario, call) {
  add.gauge('vus_max', scenario.vus);
  for (let vu = 0; vu < scenario.vus; vu++) {
    execution.scenario.iterationInTest = vu;
    call();
  }
  while (busy.timers.size + busy.sockets.size > 0) await new Promise((done) => setTimeout(done, 20));
  add.counter('iterations', scenario.vus);
}

async function closedLoop(scenario, call, perSecond) {
  const vus = scenario.vus ?? scenario.preAllocatedVUs;
  add.gauge('vus_max', vus);
  const fromMs = performance.now();
  const endMs = fromMs + Number.parseFloat(scenario.duration);
  let started = 0;
  await Promise.all(
    Array.from({ length: vus }, async (_, vu) => {
      for (let iteration = 0; ; iteration++) {
        if (perSecond !== null)
          await new Promise((done) => setTimeout(done, fromMs + (started++ * 1000) / perSecond - performance.now()));
        if (performance.now() >= endMs) return;
        execution.vu.idInTest = vu + 1;
        execution.vu.iterationInScenario = iteration;
        await call();
        add.counter('iterations', 1);
      }
    }),
  );
}

function serveMetrics(address, beganMs) {
  const [host, port] = address.split(':');
  const server = createServer((_request, response) => {
    const seconds = (performance.now() - beganMs) / 1000;
    const data = [...metrics].map(([id, metric]) => ({
      type: 'metrics',
      id,
      attributes: {
        type: metric.type,
        contains: metric.contains,
        tainted: null,
        sample: valuesOf(metric, seconds, ['med', 'p(95)']),
      },
    }));
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
  });
  server.listen(Number(port), host);
  server.unref();
}

async function run() {
  const beganMs = performance.now();
  if (flags.has('--address')) serveMetrics(flags.get('--address'), beganMs);
  let played;
  try {
    played = await import(pathToFileURL(resolvePath(script)).href);
  } catch (error) {
    console.error(JSON.stringify({ level: 'error', msg: String(error?.message ?? error), time: new Date().toISOString() }));
    return EXIT.script;
  }
  const { options } = played;
  const given = played.setup?.();
  for (const scenario of Object.values(options.scenarios)) {
    const call = () => played[scenario.exec](given);
    if (scenario.executor === 'per-vu-iterations') await perVuIterations(scenario, call);
    else await closedLoop(scenario, call, scenario.executor === 'constant-arrival-rate' ? scenario.rate : null);
  }
  closeConnections();
  const durationMs = performance.now() - beganMs;
  const stats = (flags.get('--summary-trend-stats') ?? options.summaryTrendStats.join(',')).split(',');
  let failed = false;
  const summary = {};
  for (const [name, metric] of metrics) {
    const values = valuesOf(metric, durationMs / 1000, stats);
    const thresholds = {};
    for (const expression of options.thresholds[name] ?? []) {
      const ok = judged(expression, values);
      thresholds[expression] = { ok };
      failed ||= !ok;
    }
    summary[name] = {
      type: metric.type,
      contains: metric.contains,
      values,
      ...(Object.keys(thresholds).length > 0 ? { thresholds } : {}),
    };
  }
  const data = {
    root_group: {},
    options: { summaryTrendStats: stats },
    state: { testRunDurationMs: durationMs },
    metrics: summary,
  };
  for (const [file, content] of Object.entries(played.handleSummary(data))) {
    if (file === 'stdout') process.stdout.write(content);
    else writeFileSync(file, content);
  }
  return failed ? EXIT.thresholds : 0;
}

process.exit(await run());
