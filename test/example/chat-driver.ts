// How a user of the chat server talks to it.
import { webSocketDriver } from 'letitcrash/driver';

export const driver = webSocketDriver({
  name: 'chat',
  request: ({ credential }) => `/?name=${encodeURIComponent(credential.user)}`,
  send: (id, to, payload) => JSON.stringify({ id, to, text: payload.toString('base64') }),
  receive(frame, heard) {
    const { type, id, from, text } = JSON.parse(frame.toString());
    if (type === 'sent') heard.acked(id);
    if (type === 'message') heard.delivered({ seq: null, id, from, payload: Buffer.from(text, 'base64') });
  },
});
