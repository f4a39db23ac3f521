import type { SandboxAccount } from '../network/account.js';
import type { Companion } from '../network/companion.js';
import type { Network } from '../network/network.js';
import type { BinaryNode } from '../transport/wire.js';

/** A connected and logged-in client. */
export type Client = {
  readonly account: SandboxAccount;
  readonly companion: Companion;
  readonly network: Network;
  /** Sends a stanza that the client need not confirm. */
  readonly send: (node: BinaryNode) => void;
};

/** Content of the result; undefined for an empty one. */
export type IqAnswer = readonly BinaryNode[] | undefined;

/** Answers the queries of one namespace. Throws, or rejects with, an IqError to refuse a query. */
export type IqHandler = (iq: BinaryNode, client: Client) => IqAnswer | Promise<IqAnswer>;

/** Handlers by `xmlns`. */
export type IqHandlers = { readonly [xmlns: string]: IqHandler };

/** Handles a stanza that is not an iq. */
export type StanzaHandler = (stanza: BinaryNode, client: Client) => void;

/** Limit of users in a query and of messages in a receipt. Covers all devices of a large group; more would block other clients. */
export const maxItemsPerStanza = 4_096;

/** The server refuses a query with this error code. */
export class IqError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}
