/** Turns a Plan into the data of a scenario file that plans to the same Plan: for recording a run so that it can be replayed. Pure. */
import type { ArrivalModel, FaultPlan, HttpPlan, LoadPlan, MemoryPlan, Plan } from './plan.ts';

/**
 * Data of a scenario, as its YAML would be read. Planning it gives the same plan, except for the scenario's name and text, and for the ids
 * of repeated steps: those are written one by one.
 */
export function scenarioOfPlan(plan: Plan): Readonly<Record<string, unknown>> {
  const { target, load, limits, memory } = plan;
  return {
    name: plan.scenario.name,
    target: {
      use: target.use,
      nodes: target.nodes,
      durability: target.durability,
      ...(target.owned ? { owned: true } : {}),
      ...(target.runtime === null ? {} : { runtime: target.runtime }),
      ...(target.nodeFlags.length === 0 ? {} : { nodeFlags: target.nodeFlags }),
      ...target.config,
    },
    seed: plan.seed,
    users: plan.users,
    load: loadSection(load, plan.http),
    ...(plan.http === null || load.model.kind === 'closed' ? {} : { http: besideSection(plan.http) }),
    faults: plan.faults.map(faultStep),
    ...(plan.abort.length === 0 ? {} : { abort: plan.abort.map(({ source }) => source) }),
    ...(plan.recoveryLevel === null ? {} : { recovery: { level: plan.recoveryLevel.source } }),
    expect: {
      ...(load.model.kind === 'closed' ? {} : { delivery: plan.deliveryMustBeIntact ? 'intact' : 'observed' }),
      ...Object.fromEntries(plan.expectations.map(({ metric, source }) => [metric, source])),
    },
    ...(load.model.kind === 'closed' ? {} : { memory: memorySection(memory) }),
    limits: {
      lag: msText(limits.lagP99Ms),
      drain: msText(limits.drainMs),
      connect: msText(limits.connectMs),
      presence: msText(limits.presenceMs),
    },
  };
}

function loadSection(load: LoadPlan, http: HttpPlan | null): Readonly<Record<string, unknown>> {
  const { model } = load;
  const lasting = { duration: msText(load.durationMs), warmUp: msText(load.warmUpMs) };
  if (model.kind === 'closed') return { driver: load.driver, ...(http === null ? {} : httpKeys(http)), ...lasting };
  return {
    ...modelKeys(model),
    ...lasting,
    payload: `${load.payloadBytes}B`,
    contacts: load.contacts,
    ...(load.devices === 1 ? {} : { devices: load.devices }),
    watch: load.watch,
    churn: `${decimal(load.churnPerSecond)}/s`,
    away: msText(load.awayMs),
    offline: load.offlineShare,
    read: load.readShare,
    receipts: load.receiptShare,
    connect: rateText(load.connectPerSecond),
    keepalive: msText(load.keepaliveMs),
    workers: load.workers,
    ...(load.driver === null ? {} : { driver: load.driver }),
  };
}

function memorySection({
  plateaus,
  settleMs,
  rehearse,
  rounds,
  messagesPerRound,
  roundRatePerSecond,
}: MemoryPlan): Readonly<Record<string, unknown>> {
  const loaded = messagesPerRound === 0 ? {} : { messages: messagesPerRound, rate: rateText(roundRatePerSecond) };
  return { plateaus, settle: msText(settleMs), rehearse, rounds, ...loaded };
}

function besideSection(http: HttpPlan): Readonly<Record<string, unknown>> {
  return { ...httpKeys(http), at: msText(http.atMs), for: msText(http.forMs) };
}

function httpKeys(http: HttpPlan): Readonly<Record<string, unknown>> {
  const { url, requests, connections, pipelining, ratePerSecond, workers, timeoutMs } = http;
  return {
    ...(url === null ? {} : { url }),
    requests: requests.map(({ body, ...request }) => ({ ...request, ...(body === null ? {} : { body }) })),
    connections,
    pipelining,
    ...(ratePerSecond === null ? {} : { rate: rateText(ratePerSecond) }),
    workers,
    timeout: msText(timeoutMs),
  };
}

/** A step of a schedule as a scenario writes it. */
export function faultStep({ atMs, kind, forMs, settings }: FaultPlan): Readonly<Record<string, unknown>> {
  return { at: msText(atMs), kind, ...(forMs === null ? {} : { for: msText(forMs) }), ...settings };
}

function modelKeys(model: ArrivalModel): Readonly<Record<string, unknown>> {
  switch (model.kind) {
    case 'constant':
    case 'poisson':
      return { model: model.kind, rate: rateText(model.ratePerSecond) };
    case 'ramp':
      return { model: model.kind, from: rateText(model.fromPerSecond), to: rateText(model.toPerSecond) };
    case 'step':
      return {
        model: model.kind,
        steps: model.steps.map(({ atMs, ratePerSecond }) => ({ at: msText(atMs), rate: rateText(ratePerSecond) })),
      };
    case 'spike':
      return {
        model: model.kind,
        base: rateText(model.basePerSecond),
        peak: rateText(model.peakPerSecond),
        at: msText(model.atMs),
        for: msText(model.forMs),
      };
  }
}

const msText = (ms: number): string => `${decimal(ms)}ms`;
const rateText = (perSecond: number): string => `${decimal(perSecond)}/s`;

/** Without an exponent, which quantities do not allow. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}
