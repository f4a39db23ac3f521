/** Injects `ConnectionStatus`. */
export const CONNECTION_STATUS = Symbol('connection status');

/** Which sessions are connected to WhatsApp at this moment: ahead of the log and of every view. */
export type ConnectionStatus = {
  /** Messages can be sent now. */
  isOpen(sessionId: string): boolean;
  /** The phone number (E.164) of the account that the open connection belongs to; undefined where none is open. */
  account(sessionId: string): string | undefined;
  /**
   * Messages wait for this session. While the service connects its sessions again after a start, those come first; at any other time it
   * changes nothing.
   */
  hasten(sessionId: string): void;
  /** Calls the listener each time a session has connected. It must return soon and not throw. */
  onOpen(listener: (sessionId: string) => void): void;
};
