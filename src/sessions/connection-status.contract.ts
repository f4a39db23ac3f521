/** Injects `ConnectionStatus`. */
export const CONNECTION_STATUS = Symbol('session lines');

/** Which sessions have an open line to WhatsApp, as of this moment: ahead of the log and of every view. */
export type ConnectionStatus = {
  /** Messages can leave now. */
  isOpen(sessionId: string): boolean;
  /** Calls the listener whenever a line opens, at once. It must return soon and not throw. */
  onOpen(listener: (sessionId: string) => void): void;
};
