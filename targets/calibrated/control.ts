/** What the deployment and a node's process say to each other over Node's IPC channel. */
import type { NodeIntrospection, UserProcess } from '../target.ts';
import type { CalibratedConfig } from './config.ts';

export interface NodeStart {
  readonly name: string;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Base64url. */
  readonly tokenKey: string;
  /** Counts the node's starts: 1 for the first. */
  readonly incarnation: number;
  /** Monotonic clock, microseconds: not before this does the node listen. */
  readonly listenAtUs: number;
  readonly config: CalibratedConfig;
}

export type Request =
  | { readonly kind: 'kill-user'; readonly user: string }
  | { readonly kind: 'user-process'; readonly user: string }
  | { readonly kind: 'introspect'; readonly collectGarbage: boolean }
  | { readonly kind: 'freeze'; readonly forMs: number };

export interface Answers {
  readonly 'kill-user': boolean;
  readonly 'user-process': UserProcess;
  readonly introspect: NodeIntrospection;
  readonly freeze: true;
}

export type ToNode =
  | { readonly type: 'start'; readonly start: NodeStart }
  | { readonly type: 'request'; readonly id: number; readonly request: Request };

export type FromNode =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown };
