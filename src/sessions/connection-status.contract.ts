/** Injects `ConnectionStatus`. */
export const CONNECTION_STATUS = Symbol('connection status');

/** Which sessions are connected to WhatsApp at this moment: ahead of the log and of every view. */
export type ConnectionStatus = {
  /** Messages can be sent now. */
  isOpen(sessionId: string): boolean;
  /** Calls the listener each time a session has connected. It must return soon and not throw. */
  onOpen(listener: (sessionId: string) => void): void;
};
