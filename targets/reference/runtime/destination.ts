import type { Alias } from './alias.ts';
import type { NamedProcess } from './messages.ts';
import type { Pid } from './pid.ts';
import type { RemoteReference } from './reference.ts';

/** A process: its pid, a name on this node, or a name on any node. */
export type ProcessName = Pid | string | NamedProcess;

/** Whom one can send to: a process, or an alias of one, of this node or another. */
export type Destination = ProcessName | Alias | RemoteReference;
