import type { MessageRelayOptions, proto, WASocket } from '@whiskeysockets/baileys';
import { SendFailed } from '../errors.js';
import { mayBeAddressing, type SendRefusal } from '../send-refusals.js';
import type { OutgoingMessage } from '../port.js';
import type { Report } from '../reports.js';
import { isChannel } from '../addresses.js';
import type { Addressing } from './addressing.js';
import { CancelableWaits } from './cancelable-waits.js';
import { assertUploadedFor, postStanza, stanzaIdOf } from './channel-post.js';
import { yieldToEventLoop } from './event-loop.js';
import { notWritten } from './not-written.js';

type Ack = Extract<Report, { kind: 'receipt' | 'refused' }>;

/** Builds a message of the connection's account. */
export type BuildOwn = (message: OutgoingMessage, upload: WASocket['waUploadToServer']) => Promise<proto.IMessage>;

/** The messages that one connection sends. They are written one after the other; each then waits for its own ack. */
export class SendQueue {
  private readonly waits = new CancelableWaits();
  private readonly pending = new Map<string, Promise<string>>();
  private readonly ackListeners = new Map<string, (ack: Ack) => void>();
  private lastWrite: Promise<unknown> = Promise.resolve();
  private ended = false;

  constructor(
    private readonly socket: Pick<WASocket, 'relayMessage' | 'sendNode' | 'waUploadToServer'>,
    private readonly build: BuildOwn,
    private readonly addressing: Pick<Addressing, 'of' | 'ofPost' | 'otherThan'>,
    private readonly ackTimeoutMs: number,
  ) {}

  /** Resolves with the time of the ack. An id that is pending already is sent once. Changes of one post must not be sent at the same time. */
  send(message: OutgoingMessage): Promise<string> {
    const { whatsappId } = message;
    const pending = this.pending.get(whatsappId);
    if (pending) return pending;
    const sent = this.transmit(message).finally(() => {
      this.pending.delete(whatsappId);
      this.ackListeners.delete(stanzaIdOf(message));
    });
    this.pending.set(whatsappId, sent);
    return sent;
  }

  /** Passes on an ack. False where no message waits for it, or no longer. */
  acknowledge(whatsappId: string, ack: Ack): boolean {
    const listener = this.ackListeners.get(whatsappId);
    listener?.(ack);
    return listener !== undefined;
  }

  /** The connection has ended: messages that were not written yet never will be; the outcome of the others is unknown. */
  end(): void {
    this.ended = true;
    this.waits.cancelAll(outcomeUnknown('The connection ended before WhatsApp acknowledged the message'));
  }

  private async transmit(message: OutgoingMessage): Promise<string> {
    let address = message.to;
    const firstAddress = async (): Promise<string> => (address = await this.addressing.of(message.to));
    let ack = await this.exchange(message, firstAddress);
    if (ack.kind === 'refused' && mayBeAddressing(ack.refusal)) ack = (await this.readdress(message, address)) ?? ack;
    if (ack.kind === 'refused') throw refused(ack.refusal);
    return ack.receipt.at;
  }

  /** Sends it to another address than the one that was refused. Undefined where there is none, or nothing could be sent to it. */
  private async readdress(message: OutgoingMessage, wasRefused: string): Promise<Ack | undefined> {
    const address = await this.addressing.otherThan(wasRefused).catch(() => undefined);
    if (address === undefined) return undefined;
    try {
      return await this.exchange(message, async () => address);
    } catch (error) {
      if (error instanceof SendFailed && error.outcome.kind === 'unknown') throw error;
      return undefined;
    }
  }

  /** Sends a message to an address of its recipient, which is looked up when it is its turn, and waits for the ack. */
  private async exchange(message: OutgoingMessage, addressOf: () => Promise<string>): Promise<Ack> {
    const acknowledged = new Promise<Ack>((resolve) => this.ackListeners.set(stanzaIdOf(message), resolve));
    let hasBegun = false;
    const write = async (): Promise<void> => {
      if (this.ended) return;
      hasBegun = true;
      await this.write(message, addressOf);
    };
    const written = this.lastWrite.then(write);
    this.lastWrite = written.catch(() => undefined).then(yieldToEventLoop); // the next message is sent although this one failed
    await this.waits.for(written).catch((error: unknown) => {
      if (hasBegun) throw error;
      throw new SendFailed({ kind: 'not_sent' }, 'The connection ended before the message was written');
    });
    const ms = this.ackTimeoutMs;
    return this.waits.for(acknowledged, { ms, error: () => outcomeUnknown(`No ack within ${ms} ms`) });
  }

  private async write(message: OutgoingMessage, addressOf: () => Promise<string>): Promise<void> {
    try {
      const to = await addressOf();
      assertUploadedFor(message);
      const built = await this.build({ ...message, to }, this.socket.waUploadToServer);
      if (isChannel(to)) return await this.socket.sendNode(postStanza(message, built));
      const { whatsappId: messageId, recipients } = message;
      const statusJidList = recipients && (await this.addressing.ofPost(recipients));
      await this.socket.relayMessage(to, built, {
        messageId,
        ...markOf(message),
        ...(statusJidList && { statusJidList }),
      });
    } catch (error) {
      throw notWritten(error);
    }
  }
}

/** How WhatsApp's server tells changes from messages (they do not notify anybody, say), and polls from votes. */
const markOf = ({ content: { type } }: OutgoingMessage): Partial<MessageRelayOptions> => {
  if (type === 'poll') return { additionalNodes: [{ tag: 'meta', attrs: { polltype: 'creation' } }] };
  if (type === 'edit') return { additionalAttributes: { edit: '1' } };
  return type === 'revocation' ? { additionalAttributes: { edit: '7' } } : {};
};

const refused = (refusal: SendRefusal): SendFailed => new SendFailed({ kind: 'refused', refusal }, refusal.reason);

const outcomeUnknown = (message: string): SendFailed => new SendFailed({ kind: 'unknown' }, message);
