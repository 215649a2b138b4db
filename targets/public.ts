/** `letitcrash/target`: what a file needs to make a server a target. */

export type { CommandLine, CommandNode, CommandTargetOptions } from './command/command-options.ts';
export { commandTarget } from './command/command-target.ts';
export type {
  Address,
  Availability,
  Capability,
  CrashReport,
  Credential,
  DeployedNode,
  Deployment,
  DeploymentSpec,
  Durability,
  Endpoint,
  KilledProcess,
  NodeIntrospection,
  NodeRuntime,
  NodeState,
  ProcessChaos,
  Target,
  TargetLimits,
  UpgradeReport,
  UserProcess,
} from './target.ts';
