/** The inputs of the action and of the reusable workflow of a gate, and the outputs of both. */

interface GateInput {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'number';
  readonly default: string | boolean | number;
  readonly description: string;
}

interface GateOutput {
  readonly name: string;
  /** The id of the step that has the output. */
  readonly step: 'gate' | 'keep';
  readonly description: string;
}

/** Inputs of the step itself. */
export const gateInputs: readonly GateInput[] = [
  {
    name: 'baseline',
    type: 'string',
    default: '',
    description:
      'The old version: git:<revision>, a folder, or a package like letitcrash@0.1.0. The default is the base of the pull request.',
  },
  {
    name: 'policy',
    type: 'string',
    default: '',
    description: 'The policy file. The default is letitcrash/policy.yaml, if it exists.',
  },
  {
    name: 'scenario',
    type: 'string',
    default: '',
    description: "The load: a bundled name or a file. The default is the policy's.",
  },
  {
    name: 'strict',
    type: 'boolean',
    default: false,
    description: 'Whether an undecided answer fails as well, with exit code 4.',
  },
];

/** Inputs of the job around it, which the workflow makes. */
export const gateJobInputs: readonly GateInput[] = [
  { name: 'node-version', type: 'string', default: '24', description: 'The Node that runs letitcrash: 24 or newer.' },
  {
    name: 'runs-on',
    type: 'string',
    default: 'ubuntu-latest',
    description: 'The label of the machine. Do not give forks a machine of your own, because it would run their code.',
  },
  {
    name: 'timeout-minutes',
    type: 'number',
    default: 60,
    description: "How long the job may take; more than the policy's budget.",
  },
];

export const gateOutputs: readonly GateOutput[] = [
  {
    name: 'exit-code',
    step: 'gate',
    description:
      'The exit code of the gate: 0 not worse, or undecided; 1 worse; 2 usage; 3 environment; 4 undecided and strict; 5 nothing was proven.',
  },
  { name: 'artifact-url', step: 'keep', description: 'Where the report can be downloaded.' },
];

/** `{ baseline: ..., ... }` as YAML. Inputs of an action have no type, because they are text. */
export function inputsYaml(inputs: readonly GateInput[], typed: boolean): string {
  return inputs
    .map(({ name, type, default: value, description }) => {
      const given = typed ? `  type: ${type}\n  default: ${yamlOf(value)}\n` : `  default: ${quoted(String(value))}\n`;
      return `${name}:\n  description: ${quoted(description)}\n${given}`;
    })
    .join('');
}

/** `value` returns the expression that holds an output. */
export function outputsYaml(value: (output: GateOutput) => string): string {
  return gateOutputs
    .map((output) => `${output.name}:\n  description: ${quoted(output.description)}\n  value: \${{ ${value(output)} }}\n`)
    .join('');
}

function yamlOf(value: GateInput['default']): string {
  return typeof value === 'string' ? quoted(value) : String(value);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
