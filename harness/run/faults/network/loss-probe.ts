/** How many datagrams are lost between two addresses: UDP does not retransmit, so what does not arrive was dropped. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { eventually } from '../eventually.ts';

/** This many fit easily into a receive buffer: what is lost is lost on the way. */
const BATCH = 32;
const ARRIVES_WITHIN_MS = 2_000;

/** Sends `count` datagrams from one address to another; returns how many arrived. @throws if an address cannot be bound. */
export async function datagramsArrived(from: string, to: string, count: number): Promise<number> {
  const receiver = await bound(to);
  const sender = await bound(from).catch((error: unknown) => {
    receiver.close();
    throw error;
  });
  let arrived = 0;
  receiver.on('message', () => {
    arrived += 1;
  });
  try {
    const { port } = receiver.address();
    for (let sent = 0; sent < count; sent += BATCH) {
      await Promise.all(Array.from({ length: Math.min(BATCH, count - sent) }, () => send(sender, port, to)));
      // The receiver is in this process: it reads when nobody else runs.
      await new Promise((resolve) => setImmediate(resolve));
    }
    // What has not come when nothing more comes is lost.
    let before = -1;
    await eventually(
      async () => {
        const quiet = arrived === before;
        before = arrived;
        return quiet || arrived === count;
      },
      Boolean,
      ARRIVES_WITHIN_MS,
    );
    return arrived;
  } finally {
    sender.close();
    receiver.close();
  }
}

/** A packet that a filter drops on the way out is no error of the sender's. */
function send(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve) => socket.send('x', port, address, () => resolve()));
}

async function bound(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind({ address, port: 0 });
  await once(socket, 'listening');
  return socket;
}
