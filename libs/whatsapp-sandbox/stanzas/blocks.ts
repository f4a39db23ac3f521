import { isLidJid, parseJid } from '../network/address.js';
import { child, el, type BinaryNode } from '../transport/wire.js';
import { IqError, type Client, type IqAnswer, type IqHandlers } from './client.js';

const maxBlocked = 10_000;

/** Whom an account blocks. */
export const blockHandlers: IqHandlers = {
  blocklist: (iq, client) => (iq.attrs.type === 'get' ? blockList(client) : change(iq, client)),
};

const blockList = ({ account, network }: Client): IqAnswer => {
  const items = [...account.blocked].flatMap((number) => {
    const blocked = network.directory.find(number);
    return blocked ? [el('item', { jid: blocked.contactJid })] : [];
  });
  return [el('list', {}, items)];
};

/** To be blocked, somebody who is named by LID has to be named by number, too. */
function change(iq: BinaryNode, { account, companion, network }: Client): IqAnswer {
  const { action, jid, pn_jid: byNumber } = child(iq, 'item')?.attrs ?? {};
  const other = network.directory.byJid(jid);
  if (!other) throw new IqError(404, 'item-not-found');
  const isBlocked = action === 'block';
  const isNamed = !isLidJid(parseJid(jid)) || network.directory.byJid(byNumber) === other;
  if (isBlocked && (!isNamed || other === account)) throw new IqError(400, 'bad-request');
  if (isBlocked && account.blocked.size >= maxBlocked) throw new IqError(406, 'not-acceptable');
  account.setBlocked(other, isBlocked, companion);
  network.parts.changed();
  return undefined;
}
