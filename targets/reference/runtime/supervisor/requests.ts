/**
 * The requests that a supervisor accepts, for `context.call(supervisor, …)` or `runtime.call`. The answers are those of
 * OTP's supervisor module: `{ok: …}` or `{error: …}`.
 */
import type { Pid } from '../pid.ts';
import type { ChildSpec, Restart, SupervisorSpec } from './child-spec.ts';

export type SupervisorRequest =
  | { readonly type: 'start_child'; readonly child: ChildSpec }
  | { readonly type: 'start_dynamic_child'; readonly args: unknown }
  | { readonly type: 'terminate_child'; readonly child: string | Pid }
  | { readonly type: 'restart_child'; readonly id: string }
  | { readonly type: 'delete_child'; readonly id: string }
  | { readonly type: 'change_spec'; readonly spec: SupervisorSpec }
  | { readonly type: 'which_children' }
  | { readonly type: 'count_children' }
  | { readonly type: 'get_childspec'; readonly id: string };

/** One line of which_children, the child started last first. `id` is null for dynamic children. */
export interface ChildInfo {
  readonly id: string | null;
  readonly pid: Pid | 'undefined' | 'restarting';
  readonly type: 'worker' | 'supervisor';
  readonly restart: Restart;
}

export interface ChildCounts {
  readonly specs: number;
  readonly active: number;
  readonly supervisors: number;
  readonly workers: number;
}

/** Answers `{ok: Pid | 'undefined'}`, `{error: 'already_present' | {already_started: Pid} | reason}`. */
export const startChild = (child: ChildSpec): SupervisorRequest => ({ type: 'start_child', child });
/** For simple_one_for_one. Answers `{ok: Pid | 'undefined'}` or `{error: reason}`. */
export const startDynamicChild = (args: unknown): SupervisorRequest => ({ type: 'start_dynamic_child', args });
/** By id, or by pid under simple_one_for_one. Answers `{ok: true}` or `{error: 'not_found' | 'simple_one_for_one'}`. */
export const terminateChild = (child: string | Pid): SupervisorRequest => ({ type: 'terminate_child', child });
/** Answers `{ok: Pid | 'undefined'}` or `{error: 'running' | 'restarting' | 'not_found' | 'simple_one_for_one' | reason}`. */
export const restartChild = (id: string): SupervisorRequest => ({ type: 'restart_child', id });
/** Answers `{ok: true}` or `{error: 'running' | 'restarting' | 'not_found' | 'simple_one_for_one'}`. */
export const deleteChild = (id: string): SupervisorRequest => ({ type: 'delete_child', id });
/** Answers ChildInfo[]. */
export const whichChildren = (): SupervisorRequest => ({ type: 'which_children' });
/** Answers ChildCounts. */
export const countChildren = (): SupervisorRequest => ({ type: 'count_children' });
/** What a code_change of a supervisor does: other flags and specs for the same children. Answers `{ok: true}` or `{error: 'bad_strategy'}`. */
export const changeSpec = (spec: SupervisorSpec): SupervisorRequest => ({ type: 'change_spec', spec });
/** Answers `{ok: ChildSpec}` or `{error: 'not_found'}`. */
export const getChildSpec = (id: string): SupervisorRequest => ({ type: 'get_childspec', id });
