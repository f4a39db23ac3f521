import type { ReadModels } from '#lib/read-models';
import { jidOf, parseNamedRecipient } from '#lib/whatsapp';
import { chatIdOf } from '../message-ids.js';
import type { MessageView } from '../message-view.contract.js';
import { addresses, type AddressDocument } from './addresses.projection.js';

const maxAddressesOfPerson = 1000;

const isLid = (address: string | null): address is string => address?.endsWith('@lid') === true;

/** The LIDs in a message whose numbers may have become known since it was recorded. */
const lidsIn = ({ from, to, sender }: MessageView): readonly string[] =>
  [from, to, sender.phoneNumber === null ? sender.lid : null].filter(isLid);

/** The messages with what has become known of their people since they were recorded. */
export const withPeople = async <View extends MessageView>(
  models: ReadModels,
  views: readonly View[],
): Promise<readonly View[]> => {
  const idOf = ({ sessionId, account }: View, lid: string): string => chatIdOf(sessionId, account, lid);
  const ids = new Set(views.flatMap((view) => [view.chatId, ...lidsIn(view).map((lid) => idOf(view, lid))]));
  const known = await byId(models, [...ids]);
  if (known.size === 0) return views;
  return views.map((view) => {
    const chat = known.get(view.chatId);
    const numberOf = (lid: string | null): string | undefined =>
      isLid(lid) ? known.get(idOf(view, lid))?.phoneNumber : undefined;
    const { from, to, sender } = view;
    return {
      ...view,
      ...(chat && { chatId: chat.chatId, chat: jidOf(chat.phoneNumber) }),
      from: numberOf(from) ?? from,
      to: numberOf(to) ?? to,
      sender: { ...sender, phoneNumber: sender.phoneNumber ?? numberOf(sender.lid) ?? null },
    };
  });
};

/** So few documents are read faster one by one than by a query. */
const maxSingleReads = 4;

const byId = async (models: ReadModels, ids: readonly string[]): Promise<ReadonlyMap<string, AddressDocument>> => {
  const documents =
    ids.length > maxSingleReads
      ? (await models.find(addresses, { where: { id: { in: ids } }, limit: ids.length })).data
      : (await Promise.all(ids.map((id) => models.get(addresses, id)))).filter((document) => document !== undefined);
  return new Map(documents.map((document) => [document.id, document]));
};

/** All jids that the person or group with this number or address has, or had, in the messages of one user, or of all. */
export const jidsOf = async (models: ReadModels, text: string, userId?: string): Promise<readonly string[]> => {
  const asked = parseNamedRecipient(text);
  if (!asked || asked.kind === 'group') return [asked?.jid ?? text];
  const whose = userId === undefined ? {} : { userId };
  const limit = maxAddressesOfPerson;
  const { data: owners } = await models.find(addresses, { where: { ...whose, address: asked.jid }, limit });
  const numbers = new Set(owners.map(({ phoneNumber }) => phoneNumber));
  if (asked.kind === 'person') numbers.add(asked.phoneNumber);
  const where = { ...whose, phoneNumber: { in: [...numbers] } };
  const { data: others } = await models.find(addresses, { where, limit });
  return [...new Set([asked.jid, ...[...numbers].map(jidOf), ...others.map(({ address }) => address)])];
};
