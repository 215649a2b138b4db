import { expect, it } from 'vitest';
import type { Inspector } from '../../../../harness/run/profile/inspector.ts';
import { TraceEvents } from '../../../../harness/run/profile/trace-events.ts';

it('events that Node sends after it has said that the tracing is complete belong to the trace', async () => {
  const listeners = new Map<string, (params: unknown) => void>();
  const inspector = {
    onEvent: (method: string, listener: (params: unknown) => void) => void listeners.set(method, listener),
    async request(method: string) {
      if (method !== 'NodeTracing.stop') return;
      const piece = (name: string) => listeners.get('NodeTracing.dataCollected')?.({ value: [{ name }] });
      listeners.get('NodeTracing.tracingComplete')?.({});
      setTimeout(piece, 300, 'late');
      setTimeout(piece, 900, 'later');
    },
  } as unknown as Inspector;
  const trace = new TraceEvents(inspector);
  await trace.begin('v8');
  expect(JSON.parse(await trace.end())).toEqual({ traceEvents: [{ name: 'late' }, { name: 'later' }] });
});
