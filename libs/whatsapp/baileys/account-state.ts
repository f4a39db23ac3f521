import { setImmediate } from 'node:timers/promises';
import { isLidUser, isPnUser, type BaileysEventMap, type BinaryNode, type WASocket } from '@whiskeysockets/baileys';
import type { ChatMark } from '../accounts.js';
import { personOf, type Person, type PhoneNumber } from '../addresses.js';
import type { ContactNames, Report } from '../reports.js';
import { untilKeyed } from './app-state-key.js';
import type { AppStateVersions } from './app-state-versions.js';
import { lineOf } from './content/bounded.js';
import { childrenOf } from './nodes.js';
import { presencesIn } from './presence.js';
import type { ReadRanges } from './read-ranges.js';
import type { PassToBaileys } from './socket-events.js';

/** What the devices of an account share: WhatsApp's own division. The address book is in one of them, archived chats are in another. */
const collections = ['critical_block', 'critical_unblock_low', 'regular_high', 'regular_low', 'regular'] as const;
type Collection = (typeof collections)[number];

/** For the phone to send a newly linked session the key. Where it takes longer, the next connection asks. */
const keyTimeoutMs = 300_000;

const maxPerReport = 500;

type Contact = Person & ContactNames;

type AccountStateParts = {
  readonly socket: Pick<WASocket, 'authState' | 'ev' | 'resyncAppState' | 'signalRepository'>;
  /** The phone number of the account, once the connection is open. */
  readonly account: () => PhoneNumber;
  readonly isOver: () => boolean;
  readonly versions: AppStateVersions;
  readonly readRanges: ReadRanges;
  /** Resolves once the report is durable. */
  readonly report: (report: Report) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
};

/**
 * Reports what other people do, where that is watched, and what the devices of an account share: what people are called in its address book, and
 * what was done with its chats. It is asked for once and kept up by WhatsApp's notices, and counts as read only once it is reported. What people
 * call themselves the phone tells a newly linked device.
 */
export class AccountState {
  private last: Promise<void> = Promise.resolve();
  private lastRead: Promise<unknown> = Promise.resolve();
  private hasUntold = false;

  constructor(private readonly parts: AccountStateParts) {
    const { ev } = parts.socket;
    parts.versions.onRead = () => {
      this.afterReads(() => this.keepTold()).catch((error: unknown) => this.failed(error));
    };
    ev.on('contacts.upsert', (contacts) => this.heard(() => this.saved(contacts)));
    ev.on('chats.update', (updates) => {
      const marked = updates.filter((update) => marksIn(update).length > 0);
      if (marked.length > 0) this.queue(() => this.tellMarks(marked));
    });
    ev.on('presence.update', (update) =>
      this.queue(() => this.tellPresences(update).catch((error: unknown) => this.failed(error))),
    );
    ev.on('messaging-history.set', ({ contacts }) => this.heard(async () => contacts.flatMap(inHistory)));
  }

  /** To be called when the connection is open. */
  opened(): void {
    this.askOnce().catch((error: unknown) => this.failed(error));
  }

  /**
   * Passes a notice on to Baileys, which confirms it. What has changed by it is read and told before that; where this fails, WhatsApp sends the
   * notice again.
   */
  async notified(notice: BinaryNode, passToBaileys: PassToBaileys): Promise<void> {
    if (notice.attrs['type'] !== 'server_sync') return passToBaileys(notice);
    const names = childrenOf(notice).map(({ attrs }) => attrs['name']);
    const changed = collections.filter((name) => names.includes(name));
    const isTold = await this.readAndTell(changed).catch((error: unknown) => this.failed(error));
    if (isTold) await passToBaileys({ ...notice, content: [] }); // Baileys would read it once more
  }

  /** Baileys asks by itself only where it loads the history, and counts in this field of the credentials how often. */
  private async askOnce(): Promise<void> {
    const { socket, isOver } = this.parts;
    const { authState, ev } = socket;
    if ((authState.creds.accountSyncCounter ?? 0) > 0) return;
    await untilKeyed(socket, keyTimeoutMs);
    if (isOver()) return;
    if (await this.readAndTell(collections)) ev.emit('creds.update', { accountSyncCounter: 1 });
  }

  /** False where not all of it could be told. Rejects where it could not be read. */
  private readAndTell(changed: readonly Collection[]): Promise<boolean> {
    return this.afterReads(async () => {
      if (this.parts.isOver()) return false;
      await this.parts.socket.resyncAppState(changed, false);
      return this.keepTold();
    });
  }

  /** One after the other: what was read counts only together with all that was read before it. */
  private afterReads<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.lastRead.then(work);
    this.lastRead = result.catch(() => undefined);
    return result;
  }

  /** Stores up to where Baileys has read, also to change something, once all of it is told. False where that failed: it will be read again. */
  private async keepTold(): Promise<boolean> {
    const { socket, versions, isOver } = this.parts;
    const read = versions.unstored;
    await setImmediate(); // Baileys makes events of what it has read right afterwards,
    socket.ev.flush(); // and keeps them back for a while
    await this.last;
    if (this.hasUntold || isOver()) {
      this.hasUntold = false;
      versions.forget();
      return false;
    }
    await versions.keep(read);
    return true;
  }

  private heard(read: () => Promise<readonly Contact[]>): void {
    this.queue(() => this.tellNames(read));
  }

  private queue(tell: () => Promise<void>): void {
    this.last = this.last.then(tell).catch((error: unknown) => {
      this.hasUntold = true;
      this.failed(error);
    });
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
