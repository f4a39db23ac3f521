import { isLidUser, isPnUser, type BaileysEventMap, type WASocket } from '@whiskeysockets/baileys';
import type { ChatMark } from '../accounts.js';
import { personOf, type Person, type PhoneNumber } from '../addresses.js';
import type { ContactNames, Report } from '../reports.js';
import { untilKeyed } from './app-state-key.js';
import { lineOf } from './content/bounded.js';
import { presencesIn } from './presence.js';
import type { ReadRanges } from './read-ranges.js';

/** What the devices of an account share: WhatsApp's own division. The address book is in one of them, archived chats are in another. */
const collections = ['critical_block', 'critical_unblock_low', 'regular_high', 'regular_low', 'regular'] as const;

/** For the phone to send a newly linked session the key. Where it takes longer, the next connection asks. */
const keyTimeoutMs = 300_000;

const maxPerReport = 500;

type Contact = Person & ContactNames;

type AccountStateParts = {
  readonly socket: Pick<WASocket, 'authState' | 'ev' | 'resyncAppState' | 'signalRepository'>;
  /** The phone number of the account, once the connection is open. */
  readonly account: () => PhoneNumber;
  readonly isOver: () => boolean;
  readonly readRanges: ReadRanges;
  /** Resolves once the report is durable. */
  readonly report: (report: Report) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
};

/**
 * Reports what other people do, where that is watched, and what the devices of an account share: what people are called in its address book, and what was done with its chats. It is asked for
 * once and kept up by WhatsApp's notices. What people call themselves the phone tells a newly linked device.
 */
export class AccountState {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly parts: AccountStateParts) {
    const { ev } = parts.socket;
    ev.on('contacts.upsert', (contacts) => this.heard(() => this.saved(contacts)));
    ev.on('chats.update', (updates) => {
      const marked = updates.filter((update) => marksIn(update).length > 0);
      if (marked.length > 0) this.queue(() => this.tellMarks(marked));
    });
    ev.on('presence.update', (update) => this.queue(() => this.tellPresences(update)));
    ev.on('messaging-history.set', ({ contacts }) => this.heard(async () => contacts.flatMap(inHistory)));
  }

  /** To be called when the connection is open. */
  opened(): void {
    this.askOnce().catch((error: unknown) => this.failed(error));
  }

  /** Baileys asks by itself only where it loads the history, and counts in this field of the credentials how often. */
  private async askOnce(): Promise<void> {
    const { socket, isOver } = this.parts;
    const { authState, ev } = socket;
    if ((authState.creds.accountSyncCounter ?? 0) > 0) return;
    await untilKeyed(socket, keyTimeoutMs);
    if (isOver()) return;
    await socket.resyncAppState(collections, false);
    ev.emit('creds.update', { accountSyncCounter: 1 });
  }

  private heard(read: () => Promise<readonly Contact[]>): void {
    this.queue(() => this.tellNames(read));
  }

  private queue(tell: () => Promise<void>): void {
    this.last = this.last.then(tell).catch((error: unknown) => this.failed(error));
  }

  private async tellMarks(updates: BaileysEventMap['chats.update']): Promise<void> {
    const { account, isOver, report } = this.parts;
    for (const update of updates) {
      const chat = update.id ? await this.personWith(update.id) : undefined;
      if (!chat || isOver()) continue;
      const upTo = this.parts.readRanges.take(update.id ?? '');
      for (const mark of marksIn(update)) {
        const isRead = 'read' in mark && mark.read;
        const seen = isRead && upTo !== undefined ? { upTo } : {};
        await report({ kind: 'chat_marked', account: account(), chat, mark, ...seen });
      }
    }
  }

  private async tellPresences(update: BaileysEventMap['presence.update']): Promise<void> {
    const chat = await this.personWith(update.id);
    for (const [jid, presence] of presencesIn(update)) {
      const person = await this.personWith(jid);
      if (!this.parts.isOver()) await this.parts.report({ kind: 'presence', chat, person, presence });
    }
  }

  private async personWith(jid: string): Promise<Person> {
    const { lidMapping } = this.parts.socket.signalRepository;
    return personOf(jid, isLidUser(jid) === true ? await lidMapping.getPNForLID(jid) : undefined);
  }

  private async tellNames(read: () => Promise<readonly Contact[]>): Promise<void> {
    const { account, isOver, report } = this.parts;
    const contacts = await read();
    for (let first = 0; first < contacts.length && !isOver(); first += maxPerReport) {
      await report({ kind: 'contacts', account: account(), contacts: contacts.slice(first, first + maxPerReport) });
    }
  }

  /** An entry of the address book names a person by number or by LID. */
  private async saved(contacts: BaileysEventMap['contacts.upsert']): Promise<readonly Contact[]> {
    const known = contacts.map(async ({ id, name, lid, phoneNumber }) => {
      const other = isLidUser(id) === true ? phoneNumber : lid;
      return { ...(other ? personOf(id, other) : await this.personWith(id)), savedName: lineOf(name) };
    });
    return (await Promise.all(known)).filter(isPerson);
  }

  private failed(error: unknown): void {
    if (!this.parts.isOver()) this.parts.onFailure(error);
  }
}

const isPerson = ({ phoneNumber, lid }: Person): boolean => phoneNumber !== null || lid !== null;

const inHistory = ({ id, notify, name }: BaileysEventMap['contacts.upsert'][number]): readonly Contact[] => {
  const names = {
    ...(lineOf(notify) && { pushName: lineOf(notify) }),
    ...(lineOf(name) && { savedName: lineOf(name) }),
  };
  const isNamed = Object.keys(names).length > 0 && (isPnUser(id) === true || isLidUser(id) === true);
  return isNamed ? [{ ...personOf(id), ...names }] : [];
};

/** Where messages came, Baileys counts them instead: that is not a mark. It also says that a chat left the archive for one. */
const marksIn = ({ archived, unreadCount }: BaileysEventMap['chats.update'][number]): readonly ChatMark[] => [
  ...(typeof archived === 'boolean' ? [{ archived }] : []),
  ...(unreadCount === 0 || unreadCount === -1 ? [{ read: unreadCount === 0 }] : []),
];
