import { Inject, Injectable } from '@nestjs/common';
import { isOfPerson, jidOf, personOf } from '#lib/whatsapp';
import type { Stores } from '../../platform/stores.js';
import { Streams } from '../../platform/streams/streams.js';
import { STORES } from '../../platform/tokens.js';
import { chatIdOf } from '../chat-id.contract.js';
import type { MessageView } from '../message-view.contract.js';
import { knownAddresses } from '../people/known-addresses.js';
import { receiptEvents } from './receipts.contract.js';
import { statusOf, timesOf } from './receipts.rules.js';

/** How far a message has come with one of those who get it. */
export type ShownReceipt = {
  readonly phoneNumber: string | null;
  readonly lid: string | null;
  readonly status: 'delivered' | 'read' | 'played';
  readonly deliveredAt: string | null;
  readonly readAt: string | null;
  readonly playedAt: string | null;
};

/** Shows who has got, read or played a message that many get. */
@Injectable()
export class ShownReceipts {
  constructor(
    private readonly streams: Streams,
    @Inject(STORES) private readonly stores: Stores,
  ) {}

  /** Undefined where a message has none: it came, or went to one person. @throws {StoreUnavailable} {ReadModelsUnavailable} */
  async of({ id, via, chat, sessionId, account }: MessageView): Promise<ShownReceipt[] | undefined> {
    if (via !== 'api' || isOfPerson(chat)) return undefined;
    const events = await this.streams.events(receiptEvents, id);
    const receipts = events.flatMap(({ data }) => data.receipts);
    const lids = [...new Set(receipts.map(({ jid }) => jid).filter((jid) => jid.endsWith('@lid')))];
    const idOf = (lid: string): string => chatIdOf(sessionId, account, lid);
    const known = await knownAddresses(this.stores.models, lids.map(idOf));
    const numberOf = new Map(lids.map((lid) => [lid, known.get(idOf(lid))?.phoneNumber ?? null]));
    const lidOf = new Map(lids.flatMap((lid) => (numberOf.get(lid) ? [[jidOf(numberOf.get(lid)!), lid]] : [])));
    const people = timesOf(receipts, (jid) => {
      const number = numberOf.get(jid);
      return number ? jidOf(number) : jid;
    });
    return [...people].map(([jid, times]) => {
      const { phoneNumber, lid } = personOf(jid, lidOf.get(jid));
      const { delivered: deliveredAt, read: readAt, played: playedAt } = times;
      return { phoneNumber, lid, status: statusOf(times), deliveredAt, readAt, playedAt };
    });
  }
}
