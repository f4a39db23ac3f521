import type { WASocket } from '@whiskeysockets/baileys';
import { SendFailed } from '../errors.js';
import type { OutgoingMessage } from '../port.js';
import type { Report } from '../reports.js';
import { CancelableWaits } from './cancelable-waits.js';
import { yieldToEventLoop } from './event-loop.js';
import { toWhatsApp } from './to-whatsapp.js';

type Ack = Extract<Report, { kind: 'receipt' | 'refused' }>;

/** The messages that one connection sends. They are written one after the other; each then waits for its own ack. */
export class SendQueue {
  private readonly waits = new CancelableWaits();
  private readonly pending = new Map<string, Promise<string>>();
  private readonly ackListeners = new Map<string, (ack: Ack) => void>();
  private lastWrite: Promise<unknown> = Promise.resolve();
  private ended = false;

  constructor(
    private readonly socket: Pick<WASocket, 'sendMessage'>,
    private readonly ackTimeoutMs: number,
  ) {}

  /** Resolves with the time of the ack. An id that is pending already is sent once. */
  send(message: OutgoingMessage): Promise<string> {
    const { whatsappId } = message;
    const pending = this.pending.get(whatsappId);
    if (pending) return pending;
    const sent = this.transmit(message).finally(() => {
      this.pending.delete(whatsappId);
      this.ackListeners.delete(whatsappId);
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
    const acknowledged = new Promise<Ack>((resolve) => this.ackListeners.set(message.whatsappId, resolve));
    let begun = false;
    const write = async (): Promise<void> => {
      if (this.ended) return;
      begun = true;
      await this.write(message);
    };
    const written = this.lastWrite.then(write);
    this.lastWrite = written.catch(() => undefined).then(yieldToEventLoop); // the next message is sent although this one failed
    await this.waits.for(written).catch((error: unknown) => {
      throw begun ? error : new SendFailed({ kind: 'not_sent' }, 'The connection ended before the message was written');
    });
    const ms = this.ackTimeoutMs;
    const ack = await this.waits.for(acknowledged, { ms, error: () => outcomeUnknown(`No ack within ${ms} ms`) });
    if (ack.kind === 'refused') throw new SendFailed({ kind: 'refused', refusal: ack.refusal }, ack.refusal.reason);
    return ack.receipt.at;
  }

  private async write(message: OutgoingMessage): Promise<void> {
    const { content, options } = toWhatsApp(message);
    try {
      await this.socket.sendMessage(message.to, content, { ...options, messageId: message.whatsappId });
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw outcomeUnknown(`The message may not have been sent: ${cause}`, { cause: error });
    }
  }
}

const outcomeUnknown = (message: string, options?: ErrorOptions): SendFailed =>
  new SendFailed({ kind: 'unknown' }, message, options);
