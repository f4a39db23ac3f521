/**
 * Trouble that passes by itself and says nothing against what was asked: a full disk, a view that is still catching up, a server that is
 * gone for a moment. Whoever meets it waits and tries again; over HTTP it is 503 with `Retry-After`. The one marker for this: errors
 * that pass extend it, and nobody compares names.
 */
export class Transient extends Error {
  override readonly name: string = 'Transient';
}
