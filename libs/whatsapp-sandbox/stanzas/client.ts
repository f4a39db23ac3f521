import type { Account } from '../network/account.js';
import type { Companion } from '../network/companion.js';
import type { Network } from '../network/network.js';
import type { BinaryNode } from '../transport/wire.js';

/** A logged-in client while it is connected. */
export type Client = {
  readonly account: Account;
  readonly companion: Companion;
  readonly network: Network;
  /** Sends a stanza that need not be confirmed. */
  readonly send: (node: BinaryNode) => void;
};

/** What goes into the result; nothing for an empty one. */
export type IqAnswer = readonly BinaryNode[] | undefined;

/** Answers the queries of one namespace. Throws an IqError to refuse one. */
export type IqHandler = (iq: BinaryNode, client: Client) => IqAnswer;

/** The handlers of one subject, by `xmlns`. */
export type IqHandlers = { readonly [xmlns: string]: IqHandler };

/** Handles a stanza that is no query. */
export type StanzaHandler = (stanza: BinaryNode, client: Client) => void;

/** People in one query (all devices of a large group), messages in one receipt. More would keep the others waiting. */
export const MOST_AT_ONCE = 4_096;

/** A query that the server refuses, with the code that WhatsApp would use. */
export class IqError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}
