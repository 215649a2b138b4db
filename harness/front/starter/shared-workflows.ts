/**
 * What this repository offers to other pipelines: the gate as an action and as a reusable workflow, and the comment on its findings. The
 * files are in .github, and a test keeps them up to date. To generate them: node harness/front/starter/shared-workflows.ts
 *
 * The reusable workflow repeats the action's steps instead of using the action: a workflow that is called from another repository cannot
 * name a file of its own (`./` is the caller's checkout), and it cannot know under which name it was called.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commentWorkflow } from './comment-workflow.ts';
import { gateInputs, gateJobInputs, gateOutputs, inputsYaml, outputsYaml } from './gate-inputs.ts';
import { indented, inputGateStep, keepStep, setUpSteps } from './gate-steps.ts';
import { gateTrigger } from './gate-workflow.ts';

const MADE = '# Made by harness/front/starter/shared-workflows.ts; change it there.\n';

const ACTION = `${MADE}# A step. It expects the checkout, Node and the dependencies, including letitcrash, to be in place.
name: letitcrash gate
description: Compares a candidate with a baseline by runs that take turns on this machine, and keeps the report.

inputs:
${indented(inputsYaml(gateInputs, false), 2)}
outputs:
${indented(
  outputsYaml(({ step, name }) => `steps.${step}.outputs.${name}`),
  2,
)}
runs:
  using: composite
  steps:
${indented(`${inputGateStep}${keepStep}`, 4)}`;

/** Another baseline may be anywhere in the history. */
const CALLED = { depth: `\${{ inputs.baseline == '' && 2 || 0 }}`, nodeVersion: `\${{ inputs.node-version }}` };

const WORKFLOW = `${MADE}# A job: checks out the project, installs it and gates it. It runs code that anybody may have sent, so call it from pull_request and
# give it no secrets.
name: gate

on:
  workflow_call:
    inputs:
${indented(inputsYaml([...gateInputs, ...gateJobInputs], true), 6)}    outputs:
${indented(
  outputsYaml(({ name }) => `jobs.gate.outputs.${name}`),
  6,
)}
permissions:
  contents: read

jobs:
  gate:
    runs-on: \${{ inputs.runs-on }}
    timeout-minutes: \${{ inputs.timeout-minutes }}
    outputs:
${gateOutputs.map(({ name, step }) => `      ${name}: \${{ steps.${step}.outputs.${name} }}\n`).join('')}    steps:
${indented(`${setUpSteps(CALLED)}${inputGateStep}${keepStep}`, 6)}`;

const OWN_GATE = `${MADE}# This repository's own gate. comment.yml puts its findings into a comment.
name: letitcrash gate
${gateTrigger}    uses: ./.github/workflows/gate.yml
`;

/** Paths are from the repository's root. */
export const sharedWorkflows: readonly { readonly path: string; readonly text: string }[] = [
  { path: '.github/actions/gate/action.yml', text: ACTION },
  { path: '.github/workflows/gate.yml', text: WORKFLOW },
  { path: '.github/workflows/comment.yml', text: MADE + commentWorkflow({ callable: true }) },
  { path: '.github/workflows/pull-request.yml', text: OWN_GATE },
];

if (import.meta.main) {
  for (const { path, text } of sharedWorkflows) {
    const file = join(fileURLToPath(new URL('../../..', import.meta.url)), path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
