/** Injects `WhatsAppState`. */
export const WHATSAPP_STATE = Symbol('state of WhatsApp');

/** How the connections to WhatsApp do. */
export type WhatsAppState = {
  /** The real one, or the sandbox in its place. */
  readonly mode: 'live' | 'sandbox';
  /** How many sessions are connected at this moment. @throws {Transient} the process that knows does not answer. */
  connected(): Promise<number>;
  /** How many are linked to a phone: also asks the store of credentials. @throws why it does not answer. */
  linked(): Promise<number>;
};
