/** A profile could not be taken: a node that cannot be looked into, or a tool that failed. Never a verdict on the server. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
}
