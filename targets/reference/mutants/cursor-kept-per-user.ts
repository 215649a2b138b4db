/** A device that returns continues after the cursor of the user's other devices instead of its own. */
import { Mailbox } from '../messaging/mailbox.ts';
import type { Mutation } from './mutation.ts';

class OneCursor extends Mailbox {
  override attach(device: string, cursor: number): ReturnType<Mailbox['attach']> {
    return super.attach(device, Math.max(cursor, ...this.devices.map((known) => known.cursor)));
  }
}

export const cursorKeptPerUser: Mutation = {
  summary: 'the progress of delivery is kept for the user, not for each device',
  seams: { newMailbox: (...given) => new OneCursor(...given) },
};
