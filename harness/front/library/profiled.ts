/** A run whose nodes are profiled: installs the profiler before the run, and writes the profile after it. */

import { RunError } from '../../contracts/run-error.ts';
import type { Profile, ProfileKind } from '../../evidence/result/profile.ts';
import type { RunEvent } from '../../run/conductor/progress.ts';
import type { StandingServer } from '../../run/conductor/standing-server.ts';
import type { ProfileMethod } from '../../run/profile/method.ts';
import { Profiler } from '../../run/profile/profiler.ts';
import { ToolError } from '../../run/tools/tool-error.ts';

export interface Profiling {
  readonly profile?: ProfileKind | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((event: RunEvent) => void) | undefined;
}

/**
 * Undefined if no profile is requested. @throws RunError for a server that is already running, ToolError for a package that cannot be
 * installed.
 */
export async function profilerFor(options: Profiling, standing: StandingServer | undefined): Promise<Profiler | undefined> {
  if (options.profile === undefined) return undefined;
  if (standing !== undefined)
    throw new RunError(
      'target-unavailable',
      'a server that is already running cannot be profiled\n  its processes were not started for profiling',
    );
  return new Profiler(await profileMethodFor(options.profile, options));
}

/** Installs what it needs, where it is not in the cache. @throws ToolError for a package that cannot be had. */
export async function profileMethodFor(kind: ProfileKind, { signal, onProgress }: Profiling): Promise<ProfileMethod> {
  // Loaded only now, because few runs are profiled.
  const { profileMethod } = await import('../../run/profile/methods.ts');
  try {
    return await profileMethod(kind, {
      signal: signal ?? new AbortController().signal,
      progress: (message) => onProgress?.({ kind: 'phase', phase: 'start', message }),
    });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const remedy = 'the npm registry must be reachable once; --with cpu and --with heap need no installation';
    throw new ToolError(`${error.message}\n  ${remedy}`);
  }
}

/** Writes the profile beside the Result. @throws ProfileError or ToolError if it cannot be made. */
export async function writeProfile(profiler: Profiler, runDir: string, { onProgress }: Profiling): Promise<Profile> {
  onProgress?.({ kind: 'phase', phase: 'judge', message: 'Making the profile' });
  return profiler.write(runDir);
}
