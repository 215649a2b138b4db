/** The files that `letitcrash init` writes for a new project. Their comments are their manual. */

import { commentWorkflow } from './comment-workflow.ts';
import { gateWorkflow } from './gate-workflow.ts';
import { GITLAB_FILE, GITLAB_INCLUDED, gitlabJob } from './gitlab-job.ts';
import { ownServerFiles } from './own-server-files.ts';
import { POLICY_SCHEMA_LINE, SCENARIO_SCHEMA_LINE } from './schema-lines.ts';
import type { StarterFile } from './starter-file.ts';

/** Which server is put under load: the user's own, or the one that comes with letitcrash. */
export type StarterServer = 'own' | 'bundled';
export type StarterCi = 'github' | 'gitlab' | 'none';

export interface StarterSetup {
  readonly server: StarterServer;
  readonly ci: StarterCi;
  /** There is already a .gitlab-ci.yml, which includes the job instead of containing it. */
  readonly hasGitlabFile: boolean;
}

const TARGETS: Readonly<Record<StarterServer, string>> = {
  own: 'target: { use: ./my-target.mts, durability: memory }   # each side uses its own file',
  bundled: 'target: { use: reference, durability: fsync }   # the one of the letitcrash that each side has installed',
};

const scenario = (server: StarterServer): string => `${SCENARIO_SCHEMA_LINE}
# A steady conversation: the load under which every change is compared with its baseline.
# Run it alone: npx letitcrash run letitcrash/gate.yaml
name: gate
${TARGETS[server]}
users: 200
load: { model: poisson, rate: 400/s, payload: 100B, warmUp: 1s, duration: 4s }
limits: { lag: 200ms }                          # a shared runner is late now and then; medians and CPU time tolerate it
expect:
  delivery: intact                              # no message is lost, duplicated, reordered or misdelivered
`;

const POLICY = `${POLICY_SCHEMA_LINE}
# What a change may not make worse, and by how much. npx letitcrash gate --baseline main
# Keys and units: npx letitcrash schema policy. How many blocks this machine needs for a margin: npx letitcrash doctor --noise
scenario: ./gate.yaml

# How much worse a metric may get. A blocking metric fails the gate if it is surely worse than that; an advisory one is only shown.
metrics:
  response.p50: 5%
  cpu.serverPerMessage: 5%
  response.p99: { margin: 25%, role: advisory }

# Absolute limits for the candidate, as in a scenario's expect. Times, rates and sizes hold for one kind of machine: name it (npx
# letitcrash doctor), and figures from any other are refused.
# machine: Linux 6.18 x64; 2 x Example CPU; 16 GiB
# slo: { response.p99: < 50ms, errors: < 0.1% }

alpha: 1%        # at most this share of harmless changes fails, over all blocking metrics together
alphaEquivalent: 5%   # of changes that are worse by a margin, at most this share is called equivalent, which means not worse
blocks: 24       # blocks of four runs, at most; it stops earlier if the answer is clear
budget: 20m      # 24 blocks take about twelve minutes; blocks that the machine spoils are played again
`;

/** In the order in which a newcomer reads them. */
export function starterFiles({ server, ci, hasGitlabFile }: StarterSetup): readonly StarterFile[] {
  return [
    ...(server === 'own' ? ownServerFiles : []),
    { path: 'letitcrash/gate.yaml', text: scenario(server), what: 'the load under which changes are compared' },
    { path: 'letitcrash/policy.yaml', text: POLICY, what: 'what may not become worse, and by how much' },
    ...ciFiles(ci, hasGitlabFile),
  ];
}

function ciFiles(ci: StarterCi, hasGitlabFile: boolean): readonly StarterFile[] {
  switch (ci) {
    case 'none':
      return [];
    case 'github':
      return [
        { path: '.github/workflows/letitcrash-gate.yml', text: gateWorkflow, what: 'the gate for pull requests' },
        {
          path: '.github/workflows/letitcrash-comment.yml',
          text: commentWorkflow({ callable: false }),
          what: 'its comment, separate from the code of the pull request',
        },
      ];
    case 'gitlab':
      return [{ path: hasGitlabFile ? GITLAB_INCLUDED : GITLAB_FILE, text: gitlabJob, what: 'the gate for merge requests' }];
  }
}
