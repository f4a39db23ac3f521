import type { WASocket } from '@whiskeysockets/baileys';
import { SendFailed } from '../errors.js';
import type { OutgoingMessage } from '../port.js';
import type { Report } from '../reports.js';
import { breathe } from './breath.js';
import { toWhatsApp } from './to-whatsapp.js';
import { Waits } from './waits.js';

type Answer = Extract<Report, { kind: 'receipt' | 'refused' }>;

/** The messages that one connection sends: written one after the other, each waiting for its own ack. */
export class Sends {
  private readonly waits = new Waits();
  private readonly underWay = new Map<string, Promise<string>>();
  private readonly answers = new Map<string, (answer: Answer) => void>();
  private lastWrite: Promise<unknown> = Promise.resolve();
  private ended = false;

  constructor(
    private readonly socket: Pick<WASocket, 'sendMessage'>,
    private readonly ackWithinMs: number,
  ) {}

  /** The time of the ack. An id that is asked for again while it is under way is sent once. */
  send(message: OutgoingMessage): Promise<string> {
    const { whatsappId } = message;
    const known = this.underWay.get(whatsappId);
    if (known) return known;
    const sent = this.transmit(message).finally(() => {
      this.underWay.delete(whatsappId);
      this.answers.delete(whatsappId);
    });
    this.underWay.set(whatsappId, sent);
    return sent;
  }

  /** An ack has come. False where nobody waits for it (any longer). */
  answered(whatsappId: string, answer: Answer): boolean {
    const hear = this.answers.get(whatsappId);
    hear?.(answer);
    return hear !== undefined;
  }

  /** The connection is gone: what has not begun to leave never will, and of the rest nobody knows. */
  end(): void {
    this.ended = true;
    this.waits.end(unknown('The connection ended before WhatsApp acknowledged the message'));
  }

  private async transmit(message: OutgoingMessage): Promise<string> {
    const answer = new Promise<Answer>((resolve) => this.answers.set(message.whatsappId, resolve));
    let begun = false;
    const write = async (): Promise<void> => {
      if (this.ended) return;
      begun = true;
      await this.write(message);
    };
    const written = this.lastWrite.then(write);
    this.lastWrite = written.catch(() => undefined).then(breathe); // the failure is this one's alone, the next one has its turn
    await this.waits.until(written).catch((error: unknown) => {
      throw begun
        ? error
        : new SendFailed({ kind: 'not_sent' }, 'The connection ended before it was the message’s turn');
    });
    const late = { ms: this.ackWithinMs, else: () => unknown(`No ack within ${this.ackWithinMs} ms`) };
    const given = await this.waits.until(answer, late);
    if (given.kind === 'refused')
      throw new SendFailed({ kind: 'refused', refusal: given.refusal }, given.refusal.reason);
    return given.receipt.at;
  }

  private async write(message: OutgoingMessage): Promise<void> {
    const { content, options } = toWhatsApp(message);
    try {
      await this.socket.sendMessage(message.to, content, { ...options, messageId: message.whatsappId });
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      throw unknown(`The message may not have left: ${words}`, { cause: error });
    }
  }
}

const unknown = (words: string, options?: ErrorOptions): SendFailed =>
  new SendFailed({ kind: 'unknown' }, words, options);
