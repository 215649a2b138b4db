/** A run whose nodes are profiled: installs the profiler before the run, and writes the profile after it. */

import { RunError } from '../../contracts/run-error.ts';
import type { Profile, ProfileKind } from '../../evidence/result/profile.ts';
import type { RunEvent } from '../../run/conductor/progress.ts';
import type { StandingServer } from '../../run/conductor/standing-server.ts';
import type { ProfileMethod } from '../../run/profile/method.ts';
import { Profiler } from '../../run/profile/profiler.ts';

export interface Profiling {
  readonly profile?: ProfileKind;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: RunEvent) => void;
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
      'a server that runs already cannot be profiled\n  its processes were not started for it',
    );
  return new Profiler(await profileMethodFor(options.profile, options));
}

/** Installs what the profiler needs, unless it is in the cache. */
export async function profileMethodFor(kind: ProfileKind, { signal, onProgress }: Profiling): Promise<ProfileMethod> {
  // Loaded only now, because few runs are profiled.
  const { profileMethod } = await import('../../run/profile/methods.ts');
  return profileMethod(kind, {
    signal: signal ?? new AbortController().signal,
    progress: (message) => onProgress?.({ kind: 'phase', phase: 'start', message }),
  });
}

/** Writes the profile beside the Result. @throws ProfileError or ToolError if it cannot be made. */
export async function writeProfile(profiler: Profiler, runDir: string, { onProgress }: Profiling): Promise<Profile> {
  onProgress?.({ kind: 'phase', phase: 'judge', message: 'Making the profile' });
  return profiler.write(runDir);
}
