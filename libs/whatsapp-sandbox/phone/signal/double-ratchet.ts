import { agree, generateKeyPair, type KeyPair } from '#lib/curve25519';
import { ShortHmac } from '../../crypto/short-hmac.js';
import { shortHkdf } from '../../crypto/short-hkdf.js';

/** A symmetric-key ratchet: the chain key for message `next`. */
type ChainState = { readonly key: Buffer; readonly next: number };

/**
 * State of a Double Ratchet (https://signal.org/docs/specifications/doubleratchet/), never modified: each step returns a new state, so
 * that a message that turns out not to be authentic leaves no trace.
 */
export type RatchetState = {
  readonly rootKey: Buffer;
  readonly ownKey: KeyPair;
  /** Undefined until the first message has arrived at the responder. */
  readonly theirKey: Buffer | undefined;
  /** Undefined once a new key of the other side has arrived: the next message to send creates it. */
  readonly sending: ChainState | undefined;
  readonly receiving: ChainState | undefined;
  /** Messages in the previous sending chain. */
  readonly previousCount: number;
  /** Message keys of skipped messages, by ratchet key and number; oldest first. */
  readonly skipped: ReadonlyMap<string, Buffer>;
};

/** The part of a message that drives the ratchet. `previousNumber` is the number of the last message in the previous chain. */
export type RatchetHeader = {
  readonly ratchetKey: Buffer;
  readonly number: number;
  readonly previousNumber: number;
};

type Step = { readonly state: RatchetState; readonly messageKey: Buffer };

/** How far ahead a message may be in its chain, and how many skipped message keys are kept. */
const maxSkippedMessages = 2_000;
const messageKeyConstant = Buffer.of(1);
const chainKeyConstant = Buffer.of(2);
const rootInfo = Buffer.from('WhisperRatchet');
const keyBytes = 32;
const unused = {
  theirKey: undefined,
  sending: undefined,
  receiving: undefined,
  previousCount: 0,
  skipped: new Map<string, Buffer>(),
} satisfies Partial<RatchetState>;

/** The state of the initiator, whose first message goes to the signed prekey of the responder. */
export function startAsInitiator(secret: Buffer, theirSignedPreKey: Buffer): RatchetState {
  const ownKey = generateKeyPair();
  const { rootKey, chain } = deriveChain(secret, ownKey, theirSignedPreKey);
  return { ...unused, rootKey, ownKey, theirKey: theirSignedPreKey, sending: chain };
}

/** The state of the responder, whose signed prekey serves as the first ratchet key. */
export const startAsResponder = (secret: Buffer, signedPreKey: KeyPair): RatchetState => ({
  ...unused,
  rootKey: secret,
  ownKey: signedPreKey,
});

/** The key and header for the next message. Throws if the responder has not received a message yet. */
export function stepToSend(state: RatchetState): Step & { readonly header: RatchetHeader } {
  const { ownKey, rootKey, sending } = state.sending ? { ...state, sending: state.sending } : newSendingChain(state);
  const { messageKey, following } = advance(sending);
  const previousNumber = Math.max(state.previousCount - 1, 0);
  return {
    header: { ratchetKey: ownKey.publicKey, number: sending.next, previousNumber },
    messageKey,
    state: { ...state, ownKey, rootKey, sending: following },
  };
}

/** The key for a received message. Throws if it was received before or is too far ahead. */
export function stepToReceive(state: RatchetState, header: RatchetHeader): Step {
  const { ratchetKey, number } = header;
  const skippedKey = state.skipped.get(skippedId(ratchetKey, number));
  if (skippedKey) {
    const skipped = new Map(state.skipped);
    skipped.delete(skippedId(ratchetKey, number));
    return { messageKey: skippedKey, state: { ...state, skipped } };
  }
  const isCurrent = state.receiving && state.theirKey?.equals(ratchetKey);
  const { receiving, ...current } = isCurrent ? { ...state, receiving: state.receiving } : turn(state, header);
  if (number < receiving.next) throw new Error('message was received before');
  const { chain, skipped } = skipTo(number, receiving, ratchetKey, current.skipped);
  const { messageKey, following } = advance(chain);
  return { messageKey, state: { ...current, receiving: following, skipped } };
}

/** Follows the other side to its new ratchet key. */
function turn(state: RatchetState, { ratchetKey, previousNumber }: RatchetHeader) {
  const { receiving, theirKey, sending } = state;
  const { skipped } =
    receiving && theirKey ? skipTo(previousNumber + 1, receiving, theirKey, state.skipped) : { skipped: state.skipped };
  const { rootKey, chain } = deriveChain(state.rootKey, state.ownKey, ratchetKey);
  const previousCount = sending?.next ?? state.previousCount;
  return { ...state, rootKey, theirKey: ratchetKey, receiving: chain, sending: undefined, previousCount, skipped };
}

function newSendingChain({ rootKey: previousRootKey, theirKey }: RatchetState) {
  if (!theirKey) throw new Error('the other side has not sent a message yet');
  const ownKey = generateKeyPair();
  const { rootKey, chain } = deriveChain(previousRootKey, ownKey, theirKey);
  return { ownKey, rootKey, sending: chain };
}

/** Advances a chain to a message and keeps the keys of those before it. */
function skipTo(number: number, from: ChainState, ratchetKey: Buffer, known: RatchetState['skipped']) {
  if (number <= from.next) return { chain: from, skipped: known };
  if (number - from.next > maxSkippedMessages) throw new Error('message is too far ahead');
  const skipped = new Map(known);
  let chain = from;
  while (chain.next < number) {
    const { messageKey, following } = advance(chain);
    skipped.set(skippedId(ratchetKey, chain.next), messageKey);
    chain = following;
  }
  for (const id of skipped.keys()) {
    if (skipped.size <= maxSkippedMessages) break;
    skipped.delete(id);
  }
  return { chain, skipped };
}

function deriveChain(rootKey: Buffer, ownKey: KeyPair, theirKey: Buffer): { rootKey: Buffer; chain: ChainState } {
  const derived = shortHkdf(agree(ownKey.privateKey, theirKey), 2 * keyBytes, rootInfo, rootKey);
  return { rootKey: derived.subarray(0, keyBytes), chain: { key: derived.subarray(keyBytes), next: 0 } };
}

function advance({ key, next }: ChainState): { readonly messageKey: Buffer; readonly following: ChainState } {
  const hmac = new ShortHmac(key);
  const messageKey = hmac.digest(messageKeyConstant);
  return { messageKey, following: { key: hmac.digest(chainKeyConstant), next: next + 1 } };
}

const skippedId = (ratchetKey: Buffer, number: number): string => `${ratchetKey.toString('base64')}/${number}`;
