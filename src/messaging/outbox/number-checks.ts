import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { sharedWork } from '#lib/async';
import type { AnswerOf } from '#lib/event-sourcing';
import { allAnswered, answerFor, type NumberCheck } from '#lib/whatsapp';
import { upTo } from '../../platform/growing-cache.js';
import { CommandContext } from '../../platform/command-context.js';
import type { CommandHandler } from '../../platform/context-definition.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import { namedBy, type AccountPlace, type CheckNumbers } from '../address.contract.js';
import { People } from '../people/people.js';

const actor = { kind: 'system', id: 'outbox' } as const;

/** Where somebody is written to. */
type PlaceInChat = AccountPlace & { readonly chatId: string };

const existingTtlMs = 24 * 3600 * 1000;
/** Somebody may join WhatsApp at any time. */
const missingTtlMs = 5 * 60 * 1000;
const maxNumbersInMemory = 50_000;
const maxNumbersAtOnce = 100;

const ttlOf = ({ exists }: NumberCheck): number => (exists ? existingTtlMs : missingTtlMs);

/** Looks up where a number is reached on WhatsApp: once for each session, because WhatsApp limits such queries. */
@Injectable()
export class NumberChecks implements CommandHandler<CheckNumbers> {
  private readonly known = new LRUCache<string, NumberCheck>({ ...upTo(maxNumbersInMemory), ttl: existingTtlMs });
  private readonly shared = sharedWork<NumberCheck>();

  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    private readonly people: People,
  ) {}

  /** What WhatsApp reveals of the person is recorded. @throws {NotConnected | QueryFailed | StoreUnavailable} */
  async of(place: PlaceInChat, phoneNumber: string): Promise<NumberCheck> {
    const key = `${place.sessionId} ${place.account} ${phoneNumber}`;
    const known = this.known.get(key);
    return known ?? this.shared(key, () => this.check(place, phoneNumber, key));
  }

  /** The same of several people, in their order; none of them is the person of the chat. @throws {NotConnected | QueryFailed | StoreUnavailable} */
  async ofAll(place: AccountPlace, phoneNumbers: readonly string[]): Promise<readonly NumberCheck[]> {
    return allAnswered(phoneNumbers, await this.answered(place, phoneNumbers, CommandContext.new(actor)));
  }

  async execute(
    { data: { phoneNumbers, ...place } }: CheckNumbers,
    context: CommandContext,
  ): Promise<AnswerOf<CheckNumbers>> {
    await this.messenger.checkNumbers(place.sessionId, []); // what is remembered is answered over a connection, too
    return this.answered(place, phoneNumbers, context);
  }

  private async answered(
    place: AccountPlace,
    phoneNumbers: readonly string[],
    context: CommandContext,
  ): Promise<readonly NumberCheck[]> {
    const { userId, sessionId, account } = place;
    const keyOf = (phoneNumber: string): string => `${sessionId} ${account} ${phoneNumber}`;
    const found = new Map(phoneNumbers.map((phoneNumber) => [phoneNumber, this.known.get(keyOf(phoneNumber))]));
    const unknown = phoneNumbers.filter((phoneNumber) => found.get(phoneNumber) === undefined);
    for (let from = 0; from < unknown.length; from += maxNumbersAtOnce) {
      const asked = unknown.slice(from, from + maxNumbersAtOnce);
      const checks = await this.messenger.checkNumbers(sessionId, asked);
      const named = checks.flatMap((check) => namedBy(check) ?? []);
      await this.people.learn({ userId, sessionId, account }, named, context);
      for (const check of checks) {
        found.set(check.phoneNumber, check);
        this.known.set(keyOf(check.phoneNumber), check, { ttl: ttlOf(check) });
      }
    }
    return phoneNumbers.flatMap((phoneNumber) => found.get(phoneNumber) ?? []);
  }

  private async check(
    { userId, sessionId, account, chatId }: PlaceInChat,
    phoneNumber: string,
    key: string,
  ): Promise<NumberCheck> {
    const check = answerFor(phoneNumber, await this.messenger.checkNumbers(sessionId, [phoneNumber]));
    const named = namedBy(check);
    if (named) await this.people.learn({ userId, sessionId, account }, [named], CommandContext.new(actor), chatId);
    this.known.set(key, check, { ttl: ttlOf(check) });
    return check;
  }
}
