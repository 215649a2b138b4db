import {
  type Alias,
  type Behaviour,
  type Context,
  createRuntime,
  type ExitReason,
  type MonitorReference,
  Pid,
  RuntimeError,
} from '../../targets/reference/runtime/index.ts';
import type { Process } from '../../targets/reference/runtime/process.ts';
import { createManualPlatform } from '../targets/reference/runtime/manual-platform.ts';
import { showReason, toReason } from './notation.ts';
import type { ActorProgram, Command } from './program.ts';

const NAMES = ['a', 'b', 'c'];

interface Order {
  readonly order: (context: Context) => string;
}

/** The same program on this project's runtime, in the oracle's notation: one string a step. */
export function interpretActors(program: ActorProgram): string[] {
  const platform = createManualPlatform();
  const runtime = createRuntime({ platform, name: 'n', creation: 1 });
  const slots = new Map<number, Pid>();
  const dead = new Map<number, ExitReason>();
  const monitors = new Map<number, MonitorReference>();
  const aliases = new Map<number, Alias>();
  let result = '';

  const adopt = (slot: number, pid: Pid): void => {
    slots.set(slot, pid);
    runtime.monitor(pid, (reason) => dead.set(slot, reason));
  };
  const slotOf = (pid: Pid): number => [...slots].find(([, other]) => other === pid)?.[0] ?? -1;
  const monitorOf = (ref: unknown): number => [...monitors].find(([, other]) => other === ref)?.[0] ?? -1;

  /** What a command does, or null when it names something that never came to be. */
  const meaning = (command: Command): ((context: Context) => string) | null => {
    const withPid = (slot: number, act: (context: Context, pid: Pid) => string) => {
      const pid = slots.get(slot);
      return pid === undefined ? null : (context: Context) => act(context, pid);
    };
    switch (command.op) {
      case 'spawn':
        return (context) => {
          adopt(command.slot, context.spawn(actor, null, { link: command.how === 'link' }));
          return 'spawned';
        };
      case 'spawn_monitor':
        return (context) => {
          const { pid, ref } = context.spawnMonitor(actor, null);
          adopt(command.slot, pid);
          monitors.set(command.monitor, ref);
          return 'spawned';
        };
      case 'link':
        return withPid(command.slot, (context, pid) => done(context.link(pid)));
      case 'unlink':
        return withPid(command.slot, (context, pid) => done(context.unlink(pid)));
      case 'monitor': {
        const monitor = (context: Context, target: Pid | string): string => {
          monitors.set(command.monitor, context.monitor(target));
          return 'monitored';
        };
        const { target } = command;
        return typeof target === 'string' ? (context) => monitor(context, target) : withPid(target, monitor);
      }
      case 'demonitor': {
        const ref = monitors.get(command.monitor);
        return ref === undefined ? null : (context) => String(context.demonitor(ref, { flush: command.flush }));
      }
      case 'exit':
        return (context) => context.exit(toReason(command.reason));
      case 'error':
        return () => {
          throw new Error(command.reason);
        };
      case 'throw':
        return () => {
          throw command.reason;
        };
      case 'exit_signal':
        return withPid(command.slot, (context, pid) => done(context.exitSignal(pid, toReason(command.reason))));
      case 'trap':
        return (context) => String(context.trapExit(command.on));
      case 'send': {
        const message = { msg: command.n };
        const send = (context: Context, to: Pid | string): string => {
          context.send(to, message);
          return 'sent';
        };
        const { target } = command;
        return typeof target === 'string' ? (context) => send(context, target) : withPid(target, send);
      }
      case 'send_alias': {
        const alias = aliases.get(command.alias);
        if (alias === undefined) return null;
        return (context) => {
          context.send(alias, { msg: command.n });
          return 'sent';
        };
      }
      case 'register':
        return withPid(command.slot, (context, pid) => done(context.register(command.name, pid)));
      case 'unregister':
        return (context) => done(context.unregister(command.name));
      case 'alias':
        return (context) => {
          aliases.set(command.alias, context.alias({ once: command.once }));
          return 'aliased';
        };
      case 'unalias': {
        const alias = aliases.get(command.alias);
        return alias === undefined ? null : (context) => String(context.unalias(alias));
      }
      case 'take':
        return (context) => {
          context.receive((message) => (message as { msg?: number }).msg === command.n, 0);
          return 'take';
        };
      case 'drain':
        return (context) => {
          const { messageQueue } = context.self as Process;
          let drained = 0;
          while (messageQueue !== null && messageQueue.length > 0) {
            messageQueue.shift();
            drained++;
          }
          return `drained(${drained})`;
        };
      case 'burst': {
        const meanings = command.commands.map(meaning);
        if (meanings.includes(null)) return null;
        return (context) => {
          for (const act of meanings) act?.(context);
          return 'burst';
        };
      }
    }
  };

  const isOrder = (message: unknown): boolean => typeof message === 'object' && message !== null && 'order' in message;
  const actor: Behaviour<null, unknown, null> = {
    name: 'actor',
    init(_, context) {
      context.receive(isOrder);
      return null;
    },
    handle(message, _, context) {
      if (!isOrder(message)) {
        result = typeof message === 'symbol' ? 'absent' : 'taken';
        context.receive(isOrder);
        return null;
      }
      try {
        result = (message as Order).order(context);
      } catch (thrown) {
        if (!(thrown instanceof RuntimeError)) throw thrown;
        result = thrown.code;
      }
      if (result !== 'take') context.receive(isOrder);
      return null;
    },
  };

  const show = (message: unknown): string => {
    const mail = message as {
      msg?: number;
      type?: string;
      from?: Pid;
      ref?: unknown;
      pid?: Pid | { name: string };
      reason?: ExitReason;
    };
    if (mail.msg !== undefined) return `msg(${mail.msg})`;
    const reason = showReason(mail.reason as ExitReason);
    if (mail.type === 'EXIT') return `EXIT(${slotOf(mail.from as Pid)},${reason})`;
    const subject = mail.pid as Pid | { name: string };
    return `DOWN(${monitorOf(mail.ref)},${subject instanceof Pid ? slotOf(subject) : subject.name},${reason})`;
  };
  const picture = (): string => {
    const cells = [...slots]
      .toSorted(([a], [b]) => a - b)
      .map(([slot, pid]) => {
        const reason = dead.get(slot);
        if (reason !== undefined) return `${slot}!${showReason(reason)}`;
        const { messageQueue } = pid as Process;
        const messages = Array.from({ length: messageQueue?.length ?? 0 }, (_, i) => show(messageQueue?.at(i)));
        return `${slot}=[${messages.join(';')}]`;
      });
    const names = NAMES.flatMap((name) => {
      const pid = runtime.whereis(name);
      return pid === undefined ? [] : [`${name}:${slotOf(pid)}`];
    });
    return [...cells, names.join(',')].join(' ');
  };

  for (let slot = 0; slot < program.roots; slot++) adopt(slot, runtime.spawn(actor, null));
  platform.settle();
  return program.steps.map(({ slot, command }) => {
    const pid = slots.get(slot);
    const order = meaning(command);
    if (pid === undefined || order === null || dead.has(slot)) return 'skipped';
    result = 'died';
    runtime.send(pid, { order });
    platform.settle();
    return `${result} ${picture()}`;
  });
}

/** For operations that return nothing, where Erlang's returns true. */
function done(_: unknown): string {
  return 'true';
}
