import type { BaileysEventMap, BinaryNode } from '@whiskeysockets/baileys';
import type { Account, Report } from '../reports.js';
import { reportFromArrival } from './arrival-report.js';
import type { Arrivals, Entry } from './arrivals.js';
import { reportFromWhatsApp } from './from-whatsapp.js';
import type { BaileysLogger } from './logger.js';
import type { Proceed } from './socket-news.js';
import { receiptFromStanza } from './stanzas.js';

export type IncomingParts = {
  readonly arrivals: Arrivals;
  /** Whose device this is; undefined before it is linked. */
  readonly account: () => Account | undefined;
  readonly isOver: () => boolean;
  /** Resolves when it is recorded. */
  readonly tell: (report: Report) => Promise<void>;
  readonly logger: BaileysLogger;
};

/** What comes over one connection from people: told in the order in which it came, and nothing lost that WhatsApp thinks is here. */
export class Incoming {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly parts: IncomingParts) {}

  /** Tells what came before and was not recorded. */
  async catchUp(): Promise<void> {
    for (const entry of await this.parts.arrivals.untold()) await this.tell(entry);
  }

  /**
   * Baileys takes messages side by side for a while, and what waited behind what is new: here, each has its turn. When Baileys has dealt
   * with one, and confirmed it, it is on disk.
   */
  message(stanza: BinaryNode, proceed: Proceed): void {
    this.last = this.last.then(() => this.take(stanza, proceed));
  }

  /** Confirmed when it is recorded, since WhatsApp forgets it then. */
  receipt(stanza: BinaryNode, proceed: Proceed): void {
    const { account, isOver, tell, logger } = this.parts;
    const confirm = async (): Promise<void> => {
      if (isOver()) return;
      await proceed(stanza).catch((error: unknown) => logger.warn({ err: error }, 'A receipt could not be dealt with'));
    };
    const me = account();
    const report = me && receiptFromStanza(stanza, me);
    if (report) tell(report).then(confirm, confirm);
    else void confirm();
  }

  /** What the phone repeats on request comes in no stanza of its own. */
  messages({ messages, type }: BaileysEventMap['messages.upsert']): void {
    const { account, arrivals, isOver, tell } = this.parts;
    const me = account();
    for (const message of messages) {
      if (!me || isOver() || arrivals.has(message.key.id)) continue;
      const report = reportFromWhatsApp(message, type === 'append', me);
      if (report) tell(report).catch(() => undefined); // nothing of it is kept
    }
  }

  private async take(stanza: BinaryNode, proceed: Proceed): Promise<void> {
    const { arrivals, isOver, logger } = this.parts;
    if (isOver()) return; // it is not confirmed, so it comes again
    const entry = arrivals.expect(stanza);
    const { offline: _waited, ...attrs } = stanza.attrs;
    await proceed({ ...stanza, attrs }).catch((error: unknown) => {
      logger.warn({ err: error }, 'A message could not be dealt with');
    });
    await this.tell(entry);
  }

  /** Where the connection ended meanwhile, it is told when the session is started again. */
  private async tell(entry: Entry): Promise<void> {
    const { arrivals, account, isOver, tell, logger } = this.parts;
    const me = account();
    if (entry.number === undefined || entry.isTold || !me) return;
    try {
      const report = await reportFromArrival(entry.message, me, logger);
      if (!isOver()) void arrivals.told(entry, report && tell(report));
    } catch (error) {
      logger.error({ err: error }, 'A message that arrived could not be read. It stays, and is tried again');
    }
  }
}
