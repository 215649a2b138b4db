/** The options of `letitcrash gate`, as commander passes them. */
export interface GateOptions {
  readonly baseline?: string;
  readonly candidate?: string;
  readonly policy?: string;
  readonly scenario?: string;
  readonly blocks?: number;
  readonly run?: string;
  readonly strict?: boolean;
}
