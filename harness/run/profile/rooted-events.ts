/**
 * What a load does descends from connections that are older than the recording: their unknown beginnings become the root's, because
 * otherwise nothing would be drawn. Pure.
 */
interface AsyncEvent {
  readonly name: string;
  readonly ph: string;
  readonly id?: string;
  readonly args?: { readonly data?: Readonly<Record<string, unknown>> };
}

/** The async id of a process's own beginning. */
const ROOT = 1;
const PARENTS = ['executionAsyncId', 'triggerAsyncId'] as const;

/** A trace file's text, in which every async resource descends from one that is in it, or from the root. */
export function rootedEvents(text: string): string {
  const { traceEvents }: { traceEvents: readonly AsyncEvent[] } = JSON.parse(text);
  const begins = (event: AsyncEvent): boolean => event.ph === 'b' && !event.name.endsWith('_CALLBACK');
  const known = new Set(traceEvents.filter(begins).map(({ id }) => Number.parseInt(id ?? '', 16)));
  const rooted = traceEvents.map((event) => {
    const data = event.args?.data;
    if (data === undefined || !begins(event)) return event;
    const unknown = PARENTS.filter((parent) => !known.has(Number(data[parent])));
    return {
      ...event,
      args: { ...event.args, data: { ...data, ...Object.fromEntries(unknown.map((parent) => [parent, ROOT])) } },
    };
  });
  return JSON.stringify({ traceEvents: rooted });
}
