import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { retrying, usualRetry } from '#lib/async';
import { CorruptEvent } from '#lib/event-store';
import { isOfPerson, parseAddress } from '#lib/whatsapp';
import type { Log } from '#lib/subscriptions';
import { upTo } from '../../platform/growing-cache.js';
import { Streams } from '../../platform/streams/streams.js';
import type { Stores } from '../../platform/stores.js';
import { LOG, STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { chats } from '../chats/chats.projection.js';
import { findShown } from '../chats/chats.queries.js';
import type { AcceptedMessage } from '../message.contract.js';
import { messageDecider } from '../message.decider.js';
import { newContacts } from './new-contacts.projection.js';
import type { Contact, Today } from './pacing.rules.js';
import { timeZonesOf } from './time-zones.rules.js';

const maxContactsInMemory = 50_000;
const viewCatchUpTimeoutMs = 5000;

type WroteListener = (sessionId: string, chatId: string) => void;

/** Knows of each chat whether its person ever wrote, or was written to, as far as the log has it. */
@Injectable()
export class Contacts implements OnModuleDestroy {
  private readonly contacts = new LRUCache<string, Contact>(upTo(maxContactsInMemory));
  /** Who wrote while this process runs: no view knows it earlier. */
  private readonly heard = new LRUCache<string, true>(upTo(maxContactsInMemory));
  private readonly listeners: WroteListener[] = [];
  private readonly stopping = new AbortController();

  constructor(
    private readonly streams: Streams,
    private readonly views: Views,
    @Inject(STORES) private readonly stores: Stores,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Calls the listener when somebody wrote to a session. It must return soon and not throw. */
  onWrote(listener: WroteListener): void {
    this.listeners.push(listener);
  }

  /** A person wrote. */
  wrote(sessionId: string, chatId: string): void {
    this.heard.set(chatId, true);
    const contact = this.contacts.get(chatId);
    if (!contact?.isStranger) return;
    this.contacts.set(chatId, { ...contact, isStranger: false, isNew: false });
    for (const listener of this.listeners) listener(sessionId, chatId);
  }

  /** Undefined where it has to be learned first. */
  known(chatId: string): Contact | undefined {
    return this.contacts.get(chatId);
  }

  /** Whether the next message would be the first one to a person who never wrote. */
  setNew(chatId: string, isNew: boolean): void {
    const contact = this.contacts.get(chatId);
    if (contact) this.contacts.set(chatId, { ...contact, isNew: isNew && contact.isStranger });
  }

  /** Finds out whom a message goes to, and does `more`; tries again until both succeeded. Never rejects, nor resolves once the service stops. */
  async learn(chatId: string, messageId: string, more: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    const work = async (): Promise<void> => {
      await more();
      if (!this.contacts.has(chatId)) this.contacts.set(chatId, await this.found(chatId, messageId));
    };
    const again = (error: unknown): boolean => {
      this.log.warn({ err: error, messageId }, 'The recipient of a message could not be looked up yet');
      return true;
    };
    const never = (): Promise<void> => new Promise(() => undefined); // the service stops: whoever asked must not ask again at once
    await retrying(work, { policy: usualRetry, signal, again }).catch(never);
  }

  /** How many people a session wrote to for the first time on a day. @throws {Transient} */
  async countNew(sessionId: string, { from, to }: Today): Promise<number> {
    await this.views.fresh(newContacts, viewCatchUpTimeoutMs);
    const at = { gte: from, lt: to };
    return this.stores.models.count(newContacts, { sessionId, at });
  }

  /** Where it can never be found out, a person counts as one who never wrote: their messages leave slowly, and hold up nobody. */
  private async found(chatId: string, messageId: string): Promise<Contact> {
    try {
      return await this.find(chatId, messageId);
    } catch (error) {
      if (!(error instanceof CorruptEvent)) throw error;
      this.log.error({ err: error, messageId }, 'Whom a message goes to cannot be looked up');
      return { isStranger: true, isNew: false, timeZones: [] };
    }
  }

  private async find(chatId: string, messageId: string): Promise<Contact> {
    const { state } = await this.streams.state(messageDecider, messageId);
    const accepted = 'accepted' in state ? state.accepted : undefined;
    const timeZones = accepted ? zonesOf(accepted) : [];
    const isKnown = !accepted || !isOfPerson(accepted.chat) || accepted.to === accepted.account;
    if (isKnown || (await this.hasWritten(chatId))) return { isStranger: false, isNew: false, timeZones };
    await Promise.all([
      this.views.fresh(chats, viewCatchUpTimeoutMs),
      this.views.fresh(newContacts, viewCatchUpTimeoutMs),
    ]);
    const isStranger = !(await this.hasWritten(chatId));
    const isNew = isStranger && (await this.stores.models.get(newContacts, chatId)) === undefined;
    return { isStranger, isNew, timeZones };
  }

  private async hasWritten(chatId: string): Promise<boolean> {
    if (this.heard.has(chatId)) return true;
    const chat = await findShown(this.stores.models, chatId);
    return chat?.hasWritten === true || this.heard.has(chatId);
  }
}

const zonesOf = ({ chat }: AcceptedMessage): readonly string[] => {
  const recipient = parseAddress(chat);
  return recipient?.kind === 'person' ? timeZonesOf(recipient.phoneNumber) : [];
};
