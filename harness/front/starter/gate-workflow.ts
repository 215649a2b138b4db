/**
 * The workflow that gates pull requests. It runs code that anybody may have sent, so it has nothing to steal: the event is pull_request,
 * whose runs for forks get no secrets and a token that can only read. The other rules are in gate-steps.ts.
 *
 * Rules: GitHub, "Security hardening for GitHub Actions".
 */
import { indented, keepStep, plainGateStep, setUpSteps } from './gate-steps.ts';

const HEAD = `# Compares a pull request with its target branch, on one machine, in turns. It runs the pull request's code, so it has no secrets
# and a token that can only read; letitcrash-comment.yml puts its findings into a comment.
name: letitcrash gate
`;

/** When a pull request is gated, and with which rights: the part after the name. */
export const gateTrigger = `
on:
  pull_request:

permissions:
  contents: read

concurrency:
  group: letitcrash-gate-\${{ github.event.pull_request.number }}
  cancel-in-progress: true

jobs:
  gate:
`;

export const gateWorkflow = `${HEAD}${gateTrigger}    # Do not give forks a machine of your own, because it would run their code.
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
${indented(`${setUpSteps({ depth: '2', nodeVersion: '24' })}${plainGateStep}${keepStep}`, 6)}`;
