/** The settings of every kind that strikes users' processes: whom, and how many. */
import { z } from 'zod';
import type { FaultBounds, SettingProblem } from './fault.ts';

export const userSettings = z.strictObject({
  target: z.string().default('random').meta({ description: '`random`, or a user by name' }),
  count: z.number().int().positive().default(1).meta({ description: 'how many users' }),
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
