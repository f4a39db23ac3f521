import type { BaileysEventMap, BinaryNode } from '@whiskeysockets/baileys';
import { keyedQueue } from '#lib/async';
import { isChannel } from '../addresses.js';
import type { Account, Report } from '../reports.js';
import type { ArrivalJournal, DecryptedMessage, JournalEntry } from './arrival-journal.js';
import {
  isCleaned,
  isWithheld,
  reportFromArrival,
  reportFromPost,
  unreadReport,
  withoutPost,
} from './arrival-report.js';
import { CallStanzas } from './calls.js';
import { yieldToEventLoop } from './event-loop.js';
import { reportFromWhatsApp } from './from-whatsapp.js';
import type { BaileysLogger } from './logger.js';
import type { ReceivedSecrets } from './received-secrets.js';
import type { PassToBaileys } from './socket-events.js';
import { readElsewhereFrom, receiptsFromStanza } from './stanzas.js';

/** WhatsApp's mark of a message that an admin of the group revokes, instead of its author. Its server accepts that from admins only. */
const adminRevokes = '8';

export type IncomingStanzasParts = {
  readonly journal: ArrivalJournal;
  /** The account of the session; undefined before it is linked. */
  readonly account: () => Account | undefined;
  readonly secrets: ReceivedSecrets;
  readonly isOver: () => boolean;
  /** Resolves once the report is durable. */
  readonly report: (report: Report) => Promise<void>;
  readonly logger: BaileysLogger;
};

/** So many messages may wait to be stored: no more are decrypted while they do. */
const maxUnstored = 100;

/** The messages and receipts of one connection: reported in the order of their arrival, and confirmed only when they cannot be lost any more. */
export class IncomingStanzas {
  private last: Promise<void> = Promise.resolve();
  private lastReported: Promise<void> = Promise.resolve();
  private unstored = 0;
  private lastNotification: Promise<void> = Promise.resolve();
  /** By channel. */
  private readonly posts = keyedQueue();

  readonly calls: CallStanzas;

  constructor(private readonly parts: IncomingStanzasParts) {
    this.calls = new CallStanzas(parts);
  }

  /** Reports the messages of earlier connections that were not recorded. */
  async reportEarlierArrivals(): Promise<void> {
    for (const entry of await this.parts.journal.unreported()) await this.reportArrival(entry);
  }

  /**
   * Processes one message after the other. Left to itself, Baileys processes messages concurrently at first, and those that waited at WhatsApp
   * after new ones. The next message is decrypted while this one is being stored; it is confirmed, and then reported, once it is on disk. A post
   * in a channel waits until it is recorded, and holds up only the later posts of that channel.
   */
  messageStanza(stanza: BinaryNode, passToBaileys: PassToBaileys): void {
    const { from = '' } = stanza.attrs;
    if (isChannel(from)) void this.posts.run(from, () => this.processPost(stanza, passToBaileys));
    else this.last = this.last.then(() => this.process(stanza, passToBaileys));
  }

  /** A receipt is confirmed when it is recorded, since WhatsApp then deletes it. */
  receiptStanza(stanza: BinaryNode, passToBaileys: PassToBaileys): void {
    const { account, isOver, report, logger } = this.parts;
    const confirm = async (): Promise<void> => {
      if (isOver()) return;
      await passToBaileys(stanza).catch((error: unknown) => {
        logger.warn({ err: error }, 'A receipt could not be processed');
      });
    };
    const me = account();
    const receipts = me ? receiptsFromStanza(stanza, me) : [];
    const elsewhere = me && receipts.length === 0 ? readElsewhereFrom(stanza, me) : undefined;
    void Promise.allSettled([...receipts, ...(elsewhere ? [elsewhere] : [])].map(report)).then(confirm);
  }

  /** Passes notifications on in the order of their arrival, each one after `before`. Baileys confirms it when it has processed it. */
  notificationStanza(stanza: BinaryNode, passToBaileys: PassToBaileys, before: () => Promise<void>): void {
    this.lastNotification = this.lastNotification.then(() => this.passNotification(stanza, passToBaileys, before));
  }

  /** Reports messages that did not arrive as a stanza of their own, such as those that the phone repeats on request. Posts in channels always do. */
  messages({ messages, type }: BaileysEventMap['messages.upsert']): void {
    const { account, secrets, journal, isOver, report } = this.parts;
    const me = account();
    for (const message of messages) {
      if (!me || isOver() || journal.has(message.key.id) || isChannel(message.key.remoteJid ?? '')) continue;
      if (!isCleaned(message, me)) continue;
      const reported = reportFromWhatsApp(message, { me, secrets, wasWaiting: type === 'append' });
      if (reported && isOwnRevocation(reported)) report(reported).catch(() => undefined); // it is not in the journal, so it cannot be reported again
    }
  }

  /** Reports older messages for which the phone was asked, the newest first, as it sends them. Reactions and the like are left out. */
  history(messages: BaileysEventMap['messaging-history.set']['messages']): void {
    const { account, secrets, isOver, report } = this.parts;
    const me = account();
    for (const message of messages) {
      if (!me || isOver()) return;
      const participant = message.key.participant ?? message.participant;
      const key = { ...message.key, ...(participant && { participant }) };
      const found = reportFromWhatsApp({ ...message, key }, { me, secrets, wasWaiting: true });
      if (found?.kind !== 'message') continue;
      report({ ...found, message: { ...found.message, history: true } }).catch(() => undefined); // it can be asked for again
    }
  }

  private async passNotification(
    stanza: BinaryNode,
    passToBaileys: PassToBaileys,
    before: () => Promise<void>,
  ): Promise<void> {
    if (this.parts.isOver()) return; // it is not confirmed, so WhatsApp sends it again
    await before();
    if (this.parts.isOver()) return;
    // The next one does not wait for this one: Baileys may query the server.
    passToBaileys(stanza).catch((error: unknown) => {
      this.parts.logger.warn({ err: error }, 'Baileys could not process a notification');
    });
  }

  private async process(stanza: BinaryNode, passToBaileys: PassToBaileys): Promise<void> {
    const { journal, isOver, logger } = this.parts;
    if (isOver()) return; // it is not confirmed, so WhatsApp sends it again
    const withheld = isWithheld(stanza);
    if (withheld) {
      await this.lastReported;
      if (!(await this.recordUnread(stanza))) return;
    }
    journal.expect(stanza);
    const { offline: _offline, ...attrs } = stanza.attrs;
    await passToBaileys({ ...stanza, attrs }).catch((error: unknown) => {
      logger.warn({ err: error }, 'Baileys could not process a message');
    });
    this.unstored += 1;
    this.lastReported = this.lastReported.then(() => this.reportStored(stanza, withheld));
    await (this.unstored < maxUnstored ? yieldToEventLoop() : this.lastReported);
  }

  private async reportStored(stanza: BinaryNode, withheld: boolean): Promise<void> {
    try {
      const entry = await this.parts.journal.stored(stanza);
      if (entry) await this.reportArrival(entry);
      else if (!withheld && !this.parts.isOver()) void this.recordUnread(stanza); // Baileys has asked its sender to repeat it
    } catch {
      // It could not be stored: the connection has ended, and WhatsApp sends it again.
    } finally {
      this.unstored -= 1;
    }
  }

  /** A post in a channel is not encrypted, and so can come again: it is confirmed once it is recorded. */
  private async processPost(stanza: BinaryNode, passToBaileys: PassToBaileys): Promise<void> {
    const { account, secrets, isOver, report, logger } = this.parts;
    if (isOver()) return;
    const me = account();
    const posted =
      me &&
      (await reportFromPost(stanza, { me, secrets, logger }).catch((error: unknown) => {
        logger.warn({ err: error }, 'A post in a channel could not be read');
      }));
    try {
      if (posted) await report(posted);
    } catch (error) {
      return logger.warn({ err: error }, 'A post in a channel could not be recorded');
    }
    if (isOver()) return;
    await passToBaileys(withoutPost(stanza)).catch((error: unknown) => {
      logger.warn({ err: error }, 'A post in a channel could not be confirmed');
    });
  }

  /** A message at which this program fails is on record as one that cannot be read. */
  private async read(
    message: DecryptedMessage,
    parts: Parameters<typeof reportFromArrival>[1],
  ): Promise<Report | undefined> {
    try {
      return await reportFromArrival(message, parts);
    } catch (error) {
      this.parts.logger.error({ err: error }, 'A received message could not be read');
      return unreadReport({ tag: 'message', attrs: message.attrs, content: [...message.nodes] }, parts);
    }
  }

  /** False where the message could not be recorded, and so must not be confirmed. */
  private async recordUnread(stanza: BinaryNode): Promise<boolean> {
    const { account, secrets, report, logger } = this.parts;
    const me = account();
    const unread = me && unreadReport(stanza, { me, secrets, logger });
    try {
      if (unread) await report(unread);
      return true;
    } catch (error) {
      logger.warn({ err: error }, 'An unreadable message arrived and could not be recorded');
      return false;
    }
  }

  /** Where the connection ended meanwhile, the next start of the session reports it. */
  private async reportArrival(entry: JournalEntry): Promise<void> {
    const { journal, account, secrets, isOver, report, logger } = this.parts;
    const me = account();
    if (entry.isReported || !me) return;
    try {
      const arrived = await this.read(entry.message, { me, secrets, logger });
      const isAllowed = arrived && (isOwnRevocation(arrived) || entry.message.attrs['edit'] === adminRevokes);
      if (!isOver()) void journal.markReported(entry, isAllowed ? report(arrived) : undefined);
    } catch (error) {
      logger.error(
        { err: error },
        'A received message could not be read. It is kept, and read again at the next start',
      );
    }
  }
}

/** False where somebody revokes what another one wrote: only admins of a group may. */
const isOwnRevocation = (report: Report): boolean => {
  if (report.kind !== 'revoked') return true;
  const { author, message } = report;
  return message.key.fromMe || author?.jid === message.sender.jid;
};
