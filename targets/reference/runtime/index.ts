/** The public face of the runtime: other rooms import nothing else of it. */
export type { Alias } from './alias.ts';
export { type Application, application } from './application.ts';
export type { AnyBehaviour, Behaviour } from './behaviour.ts';
export type { Bus, BusEvents } from './bus.ts';
export type { CodeChange } from './code/code-change.ts';
export type { ModuleVersions } from './code/code-server.ts';
export type { UpgradeInstruction, UpgradeReport } from './code/upgrade.ts';
export type { Context } from './context.ts';
export type { Counters } from './counters.ts';
export type { CrashReport } from './crash-report.ts';
export type { Destination, ProcessName } from './destination.ts';
export { type ExitReason, isOrderly, RuntimeError, shutdown } from './exit-reason.ts';
export {
  type EventHandler,
  type EventManagerRequest,
  eventManager,
  type HandlerEnd,
  type HandlerGone,
  REMOVE_HANDLER,
} from './gen/gen-event.ts';
export { cast, type GenServer, genServer, IDLE } from './gen/gen-server.ts';
export { genStatem } from './gen/gen-statem.ts';
export { type MultiCallResult, multiCall } from './gen/multi-call.ts';
export {
  type GenStatem,
  keepState,
  keepStateWith,
  nextState,
  repeatState,
  type StatemAction,
  type StatemEvent,
  stopStatem,
  type Transition,
} from './gen/statem-types.ts';
export { stop } from './gen/system-order.ts';
export { DEFAULT_LIMITS, type Limits } from './limits.ts';
export type { CallMessage, CallOutcome, DownMessage, ExitMessage, NamedProcess, NodeMessage, SystemMessage } from './messages.ts';
export type { MonitorReference } from './monitor.ts';
export { type NodeIdentity, Pid, samePid } from './pid.ts';
export type { ProcessDetails } from './process-details.ts';
export { RECEIVE_TIMEOUT } from './receive.ts';
export { makeReference, Reference, type RemoteReference } from './reference.ts';
export type { OutsideOutcome, RequestReference } from './request.ts';
export { call, receive, routine, type Steps } from './routine.ts';
export { createRuntime, type Runtime, type RuntimeOptions } from './runtime.ts';
export { sheltered } from './shelter.ts';
export type { SpawnOptions } from './spawn.ts';
export { type Started, startLink } from './start-link.ts';
export type { TreeNode } from './supervision-tree.ts';
export type {
  ChildSpec,
  DynamicSupervisorSpec,
  Restart,
  Shutdown,
  StaticSupervisorSpec,
  SupervisorSpec,
} from './supervisor/child-spec.ts';
export {
  type ChildCounts,
  type ChildInfo,
  changeSpec,
  countChildren,
  deleteChild,
  getChildSpec,
  restartChild,
  type SupervisorRequest,
  startChild,
  startDynamicChild,
  terminateChild,
  whichChildren,
} from './supervisor/requests.ts';
export { supervisor } from './supervisor/supervisor.ts';
export type { SupervisorReport } from './supervisor/supervisor-report.ts';
export type { TimerReference } from './timer-wheel.ts';
