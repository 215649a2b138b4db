/**
 * Has the kernel write to the disk what other programs left in its cache, before a server is loaded. Otherwise that is written beside the load,
 * and each flush of a server waits for it: after `npm ci` for a fifth of a second at a time, which would be charged to the server.
 */
import { runTool } from '../tools/tool.ts';
import { ToolError } from '../tools/tool-error.ts';

const LIMIT_MS = 10_000;

/** Resolves when the file system that `folder` lies on is written, or cannot be within ten seconds. Rejects only when `signal` is aborted. */
export async function settleDisk(folder: string, signal: AbortSignal): Promise<void> {
  if (process.platform !== 'linux') return;
  try {
    await runTool(['sync', '-f', folder], { cwd: folder, signal, limitMs: LIMIT_MS });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
  }
}
