/** Whether somebody takes a connection on an address. */
import { connect } from 'node:net';
import type { Address } from '../target.ts';

const LIMIT_MS = 1_000;

/** Connects once and hangs up; false when it is refused, or nothing is heard for a second. */
export function portAnswers({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(LIMIT_MS, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
