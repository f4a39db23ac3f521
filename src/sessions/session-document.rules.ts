import type { SessionView } from './session-view.contract.js';

/** A session as its view stores it. */
export type SessionDocument = Omit<SessionView, 'phoneNumber'> & {
  /** Of the account; null while the session is not linked. */
  readonly accountNumber: string | null;
  /** What pairing codes are for; null where the session is paired by QR. */
  readonly pairingNumber: string | null;
};

/** The session as callers see it. */
export const shownSession = ({ accountNumber, pairingNumber, ...session }: SessionDocument): SessionView => ({
  ...session,
  phoneNumber: accountNumber ?? pairingNumber,
});
