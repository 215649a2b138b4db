/** `letitcrash/target`: what a file needs to make a server a target. */

export type { CommandLine, CommandNode, CommandTargetOptions } from '../targets/command/command-target.ts';
export { commandTarget } from '../targets/command/command-target.ts';
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
  NodeState,
  ProcessChaos,
  Target,
  UpgradeReport,
  UserProcess,
} from '../targets/target.ts';
