/** The argument of a `codeChange`: the version that the state comes from, and the version it goes to. */
export interface CodeChange {
  readonly direction: 'up' | 'down';
  readonly from: string | number | null;
  readonly to: string | number | null;
  /** What the upgrade instruction carries for this module. */
  readonly extra: unknown;
}
