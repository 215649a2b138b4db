/** An answer of the control plane. `body` is sent as JSON, a text as it is. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly type?: string;
}

export function notUnderstood(error: string): Answer {
  return { status: 400, body: { error } };
}

/** A whole number from 0 to `most`; null for any other text. */
export function wholeNumber(text: string, most: number): number | null {
  const value = Number(text);
  return /^\d+$/.test(text) && value <= most ? value : null;
}
