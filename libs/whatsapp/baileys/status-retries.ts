import type { BinaryNode, MessageRelayOptions, proto, WASocket } from '@whiskeysockets/baileys';
import { isStatus, statusJid } from '../addresses.js';
import type { Account } from '../reports.js';
import { isOneOf, type LidMapping } from './asking-device.js';
import { ExpiringCache } from './expiring-cache.js';
import type { BaileysLogger } from './logger.js';
import type { FindSent } from './message-for-retry.js';
import { mayWorkLater } from './not-written.js';
import type { PassToBaileys } from './socket-events.js';

const maxRetries = 5;
const countLifetimeMs = 3_600_000;
const maxCounts = 10_000;

type StatusRetriesParts = {
  readonly socket: Pick<WASocket, 'assertSessions' | 'relayMessage'> & {
    readonly signalRepository: { readonly lidMapping: LidMapping };
  };
  readonly findSent: FindSent;
  readonly account: () => Account | undefined;
  readonly isOver: () => boolean;
  readonly logger: Pick<BaileysLogger, 'warn'>;
};

/**
 * Sends a status post again where a device could not decrypt it: to that device, or to all devices of a person whose phone asks, since WhatsApp
 * names phones without a device. Those that have it know its id. Baileys is made to ignore such requests: it would send the post to nobody, or as
 * a message in the chat with that person.
 */
export class StatusRetries {
  private readonly counts = new ExpiringCache(countLifetimeMs, maxCounts);

  constructor(private readonly parts: StatusRetriesParts) {}

  /**
   * Passes a receipt on, which confirms it, after what it asks for was done. Where that may work later, or the connection has ended, it is not
   * passed on: WhatsApp sends it again with the next connection. @throws {Error} why it may work later.
   */
  async before(stanza: BinaryNode, passToBaileys: PassToBaileys): Promise<void> {
    await this.answer(stanza);
    if (!this.parts.isOver()) await passToBaileys(stanza);
  }

  private async answer({ attrs: { id, from, participant, type } }: BinaryNode): Promise<void> {
    if (type !== 'retry' || !from || !isStatus(from) || !id || !participant) return;
    const { socket, findSent, logger } = this.parts;
    const key = `${id} ${participant}`;
    const count = (this.counts.get<number>(key) ?? 0) + 1;
    if (count > maxRetries) return;
    this.counts.set(key, count);
    const post = await findSent({ id });
    if (!post || !isStatus(post.to)) return;
    if (!(await this.isFor(participant, post.recipients ?? []))) {
      return logger.warn({ id }, 'A device asked for a status post that was not sent to it');
    }
    try {
      const message = await post.build();
      await socket.assertSessions([participant], true);
      await socket.relayMessage(statusJid, message, {
        messageId: id,
        statusJidList: [participant],
        ...markOf(message),
      });
    } catch (error) {
      if (mayWorkLater(error)) throw error;
      logger.warn({ err: error }, 'A status post could not be sent again');
    }
  }

  /** Whether a device belongs to one of the recipients, or to the account itself. */
  private async isFor(device: string, recipients: readonly string[]): Promise<boolean> {
    const { socket, account } = this.parts;
    const me = account();
    const allowed = [...recipients, ...(me ? [me.jid] : []), ...(me?.lid ? [me.lid] : [])];
    return (await isOneOf(device, allowed, socket.signalRepository.lidMapping)) === true;
  }
}

const markOf = ({ protocolMessage }: proto.IMessage): Pick<MessageRelayOptions, 'additionalAttributes'> =>
  protocolMessage ? { additionalAttributes: { edit: '7' } } : {};
