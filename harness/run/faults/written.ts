/**
 * A setting with a unit that stays as it was written: a Plan's settings are read again by code that plays, records or minimises them, and
 * 2000 could be milliseconds or seconds.
 */
import { z } from 'zod';

/** Accepts what the quantity accepts, with the same problems, and gives it back unread; the kind reads it by `quantity.parse`. */
export function written(quantity: z.ZodType<number>) {
  return z.union([z.string(), z.number()]).superRefine((value, context) => {
    const read = quantity.safeParse(value);
    if (read.success) return;
    for (const { message, ...issue } of read.error.issues) {
      const params = 'params' in issue ? { params: issue.params } : {};
      context.issues.push({ code: 'custom', input: value, message, ...params });
    }
  });
}
