/**
 * The first line of a YAML file that tells editors its JSON Schema (the YAML language server's, which VS Code, Neovim and the JetBrains
 * editors read). The schemas are in the published package; the path is from the folder that `letitcrash init` writes into.
 */

const line = (schema: string): string => `# yaml-language-server: $schema=../node_modules/letitcrash/dist/schemas/${schema}.json`;

export const SCENARIO_SCHEMA_LINE = line('scenario');
export const POLICY_SCHEMA_LINE = line('policy');
