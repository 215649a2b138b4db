/**
 * The job that gates merge requests in GitLab. The pipeline of a merge request checks out its branch, or the branch merged with its target,
 * and says from which commit it began; that commit is the baseline. The pipeline of a fork runs in the fork, without access to this
 * project.
 *
 * Source: GitLab, "Predefined CI/CD variables".
 */
import { GATE_ARTIFACT } from './gate-steps.ts';

export const GITLAB_FILE = '.gitlab-ci.yml';
/** If there is a .gitlab-ci.yml already, it belongs to its owner, who includes this file. */
export const GITLAB_INCLUDED = '.gitlab/letitcrash-gate.yml';

export const gitlabJob = `# Compares a merge request with its target branch, on one machine, in turns.
letitcrash-gate:
  image: node:24
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: '0'   # the baseline must be present
  timeout: 1h
  interruptible: true
  script:
    - npm ci
    - npx --no-install letitcrash gate --baseline "git:$CI_MERGE_REQUEST_DIFF_BASE_SHA" --policy letitcrash/policy.yaml --out ${GATE_ARTIFACT}
  artifacts:
    when: always
    expire_in: 2 weeks
    paths:
${['summary.md', 'report.html', 'comparison.json'].map((file) => `      - ${GATE_ARTIFACT}/${file}\n`).join('')}    reports:
      junit: ${GATE_ARTIFACT}/junit.xml
`;
