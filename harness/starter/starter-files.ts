/** The files that `letitcrash init` writes for a project that begins: a scenario and a policy. Their comments are their manual. */

import { commentWorkflow } from './comment-workflow.ts';
import { gateWorkflow } from './gate-workflow.ts';

export interface StarterFile {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
  readonly what: string;
}

const SCENARIO = `# Steady conversation: the load under which every change is compared with what was before it.
# Run it alone: npx letitcrash run letitcrash/gate.yaml
name: gate
target: { use: reference, durability: fsync }   # npx letitcrash targets lists the servers
users: 500
load: { model: poisson, rate: 500/s, payload: 100B, warmUp: 2s, duration: 8s }
expect:
  delivery: intact                              # no message lost, doubled, reordered or misdelivered
`;

const POLICY = `# What a change may not make worse, and by how much. npx letitcrash gate --baseline main
# Keys and units: npx letitcrash schema policy. How many blocks this machine needs for a margin: npx letitcrash doctor --noise
scenario: ./gate.yaml

# How much worse is still no worse. A blocking metric fails the gate when it is worse than that for sure; an advisory one is shown.
metrics:
  response.p50: 5%
  cpu.serverPerMessage: 5%
  response.p99: { margin: 25%, role: advisory }

# Absolute limits for the candidate, as in a scenario's expect. Times, rates and sizes hold for one kind of machine: name it (npx
# letitcrash doctor), and figures from any other are refused.
# machine: Linux 6.18 x64; 2 x Example CPU; 16 GiB
# slo: { response.p99: < 50ms, errors: < 0.1% }

alpha: 1%        # of changes that are no worse, at most this share fails, over all blocking metrics together
blocks: 24       # of four runs, at most; it stops earlier when the answer is clear
budget: 25m
`;

/** In the order in which a newcomer reads them. */
export function starterFiles({ ci }: { readonly ci: 'github' | null }): readonly StarterFile[] {
  const files = [
    { path: 'letitcrash/gate.yaml', text: SCENARIO, what: 'the scenario: the load that is compared' },
    { path: 'letitcrash/policy.yaml', text: POLICY, what: 'the policy: what may not become worse' },
  ];
  if (ci === null) return files;
  return [
    ...files,
    { path: '.github/workflows/letitcrash-gate.yml', text: gateWorkflow, what: 'the gate of pull requests' },
    {
      path: '.github/workflows/letitcrash-comment.yml',
      text: commentWorkflow({ callable: false }),
      what: 'its comment, apart from the code of the pull request',
    },
  ];
}
