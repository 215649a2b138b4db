/** What a `codeChange` is told: the state comes from this version and goes to that one. */
export interface CodeChange {
  readonly direction: 'up' | 'down';
  readonly from: string | number | null;
  readonly to: string | number | null;
  /** What the upgrade instruction carries for this module. */
  readonly extra: unknown;
}
