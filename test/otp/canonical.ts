import type { ActorProgram } from './program.ts';

/**
 * What OTP leaves open is made equal before two traces are compared: signals that reach one process within one step come from
 * different senders, or from one that ends (its links and its monitors are told in no set order), so their order is free. The
 * order of everything that came in different steps, and of one sender's own signals within a burst, is not.
 */
export function canonicalActors(program: ActorProgram, steps: readonly string[]): string[] {
  const before = new Map<string, { readonly message: string; readonly step: number }[]>();
  return steps.map((line, step) =>
    resultFree(line, program.steps[step]?.slot)
      .split(' ')
      .map((cell) => {
        const [, slot, content] = /^(\d+)=\[(.*)\]$/.exec(cell) ?? [];
        if (slot === undefined || content === undefined) return cell;
        const kept = withSteps(content === '' ? [] : content.split(';'), before.get(slot) ?? [], step);
        before.set(slot, kept);
        return `${slot}=[${orderFree(kept).join(';')}]`;
      })
      .join(' '),
  );
}

/** An actor whose own command leads to its end may or may not have answered before the signal reached it. */
function resultFree(line: string, actor: number | undefined): string {
  const [result, ...cells] = line.split(' ');
  const died = result !== 'skipped' && cells.some((cell) => cell.startsWith(`${actor}!`));
  return [died ? 'died' : result, ...cells].join(' ');
}

/** Messages stay in order and new ones come last, so what was there before is found by walking both lists. */
function withSteps(
  messages: readonly string[],
  before: readonly { readonly message: string; readonly step: number }[],
  step: number,
): { readonly message: string; readonly step: number }[] {
  let found = 0;
  const kept = before.filter(({ message }) => {
    if (messages[found] !== message) return false;
    found++;
    return true;
  });
  return [...kept, ...messages.slice(found).map((message) => ({ message, step }))];
}

/** Within a step, what processes sent (msg) keeps its order; signals of the system are sorted behind it. */
function orderFree(messages: readonly { readonly message: string; readonly step: number }[]): string[] {
  const steps = [...new Set(messages.map(({ step }) => step))];
  return steps.flatMap((step) => {
    const here = messages.filter((entry) => entry.step === step).map(({ message }) => message);
    const causes = new Set(
      here.filter((message) => !message.startsWith('msg')).map((message) => message.split('(')[1]?.split(',')[0]),
    );
    // One sender's signals mixed with messages: a burst, whose order is the law. Anything else: a death seen from several sides.
    return here.some((message) => message.startsWith('msg')) && causes.size <= 1 ? here : here.toSorted();
  });
}
