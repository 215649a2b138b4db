/** What `letitcrash gate` takes, as commander hands it over. */
export interface GateOptions {
  readonly baseline?: string;
  readonly candidate?: string;
  readonly policy?: string;
  readonly scenario?: string;
  readonly blocks?: number;
  readonly run?: string;
  readonly strict?: boolean;
}
