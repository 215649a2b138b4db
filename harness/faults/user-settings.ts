/** The settings of every kind that strikes users' processes: whom, and how many. */
import { z } from 'zod';
import type { FaultBounds, SettingProblem } from './fault.ts';

export const userSettings = z.strictObject({
  /** `random`, or one user by name. */
  target: z.string().default('random'),
  count: z.number().int().positive().default(1),
});
export type UserSettings = z.infer<typeof userSettings>;

export function checkUserSettings({ target, count }: UserSettings, { users }: FaultBounds): readonly SettingProblem[] {
  if (target !== 'random' && count !== 1) {
    return [
      { key: 'count', message: `count is ${count}, but target names one user`, remedy: 'leave count out, or use target: random' },
    ];
  }
  if (count > users) {
    return [{ key: 'count', message: `${count} processes to strike, but only ${users} users`, remedy: `at most ${users}` }];
  }
  return [];
}
