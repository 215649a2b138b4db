/**
 * The workflow that gates pull requests. It runs code that anybody may have sent, so it has nothing to steal: the event is pull_request,
 * whose runs for forks get no secrets and a token that can only read. The other rules are in gate-steps.ts.
 *
 * Rules: GitHub, "Security hardening for GitHub Actions".
 */
import { indented, keepStep, plainGateStep, setUpSteps } from './gate-steps.ts';

const HEAD = `# Compares a pull request with the branch it goes to, on one machine, taking turns. It runs the pull request's code, so it has no secrets
# and a token that only reads; what it found goes to a comment by way of letitcrash-comment.yml.
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

export const gateWorkflow = `${HEAD}${gateTrigger}    # Do not give forks a machine of your own: theirs is the code that runs on it.
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
${indented(`${setUpSteps({ depth: '2', nodeVersion: '24' })}${plainGateStep}${keepStep}`, 6)}`;
