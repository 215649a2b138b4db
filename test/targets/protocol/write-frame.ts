import { type Frame, FrameType, type FrameWriter } from '../../../targets/protocol/frames.ts';

/** Writes a frame that was read. */
export function writeFrame(writer: FrameWriter, frame: Frame): void {
  switch (frame.type) {
    case FrameType.hello:
      writer.hello(frame.token, frame.proof, frame.cursor, frame.usedId);
      break;
    case FrameType.send:
      writer.send(frame.id, frame.receipts, frame.to, frame.payload);
      break;
    case FrameType.delivered:
      writer.delivered(frame.seq);
      break;
    case FrameType.read:
      writer.read(frame.seq);
      break;
    case FrameType.watch:
      writer.watch(frame.user);
      break;
    case FrameType.ping:
      writer.ping(frame.nonce);
      break;
    case FrameType.bye:
      writer.bye();
      break;
    case FrameType.challenge:
      writer.challenge(frame.challenge);
      break;
    case FrameType.welcome:
      writer.welcome(frame);
      break;
    case FrameType.ack:
      writer.ack(frame.id);
      break;
    case FrameType.nack:
      writer.nack(frame.id, frame.code, frame.reason);
      break;
    case FrameType.deliver:
      writer.deliver(frame);
      break;
    case FrameType.receipt:
      writer.receipt(frame.kind, frame.id, frame.by);
      break;
    case FrameType.presence:
      writer.presence(frame.user, frame.online, frame.lastSeenMs);
      break;
    case FrameType.error:
      writer.error(frame.code, frame.reason);
      break;
    case FrameType.pong:
      writer.pong(frame.nonce);
      break;
  }
}
