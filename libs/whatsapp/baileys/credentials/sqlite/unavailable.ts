import { CredentialsUnavailable } from '../../../errors.js';

/** The port's error for an error of the file or its thread. */
export const unavailable = (error: unknown): CredentialsUnavailable =>
  new CredentialsUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
