/** The name of another load generator in a sentence. */
import type { MeasuredBy } from './result.ts';

export function toolName(tool: MeasuredBy['tool']): string {
  return tool === 'artillery' ? 'Artillery' : tool;
}
