import { isLidJid, lidJid, parseJid, pnJid } from '../network/address.js';
import type { SandboxAccount } from '../network/account.js';
import { child, children, el, nodeText, type BinaryNode } from '../transport/wire.js';
import { IqError, maxItemsPerStanza, type Client, type IqHandlers } from './client.js';

/** Looks up users: existence, devices, LID, status. */
export const usyncHandlers: IqHandlers = {
  usync: (iq, client) => {
    const usync = child(iq, 'usync');
    const { faults } = client.network.parts;
    if (faults.take('rate-limit', client.account.number)) throw new IqError(429, 'rate-overlimit');
    const protocols = new Set(children(child(usync, 'query')).map(({ tag }) => tag));
    const list = children(child(usync, 'list'), 'user');
    if (list.length > maxItemsPerStanza) throw new IqError(400, 'bad-request');
    const answered = list.filter((user) => isAnswered(user, client));
    const users = answered.map((user) => describeUser(user, [...protocols], client));
    const { sid, mode, context, index, last } = usync?.attrs ?? {};
    return [el('usync', { sid, mode, context, index, last }, [el('result'), el('list', {}, users)])];
  },
};

/** WhatsApp may leave a number out; whoever is looked up by an address is there. */
const isAnswered = (user: BinaryNode, { network: { directory } }: Client): boolean =>
  user.attrs.jid !== undefined || directory.findOrCreate(phoneIn(user))?.phone.settings.lookUpsAnswered !== false;

const phoneIn = (user: BinaryNode): string => nodeText(child(user, 'contact')).replace(/\D/g, '');

function describeUser(user: BinaryNode, protocols: readonly string[], client: Client): BinaryNode {
  const { directory } = client.network;
  const written = nodeText(child(user, 'contact'));
  const phone = phoneIn(user);
  const asked = parseJid(user.attrs.jid);
  const account = asked ? directory.byJid(user.attrs.jid) : directory.findOrCreate(phone);
  const byLid = isLidJid(asked);
  const unknown = user.attrs.jid ?? pnJid(phone);
  const jid = account ? (byLid ? lidJid(account.lid) : pnJid(account.number)) : unknown;
  if (account && protocols.includes('devices')) account.watchers.add(client.account.number);
  return el(
    'user',
    { jid },
    protocols.flatMap((protocol) => describeAspect(protocol, account, { byLid, written })),
  );
}

function describeAspect(
  protocol: string,
  account: SandboxAccount | undefined,
  { byLid, written }: { readonly byLid: boolean; readonly written: string },
): readonly BinaryNode[] {
  switch (protocol) {
    case 'contact': // repeats the number as it was written: the answer may be about another spelling
      return [el('contact', { type: account ? 'in' : 'out' }, written === '' ? undefined : Buffer.from(written))];
    case 'devices':
      return [el('devices', {}, [el('device-list', {}, account ? deviceList(account) : [])])];
    case 'lid': // omitted for users queried by LID: clients would map it to a phone number
      return account?.isLidKnown && !byLid ? [el('lid', { val: lidJid(account.lid) })] : [];
    case 'status':
      return [el('status', { t: '0' }, Buffer.from(account?.about ?? ''))];
    case 'disappearing_mode':
      return [el('disappearing_mode', { duration: '0', t: '0' })];
    default:
      return [];
  }
}

const deviceList = (account: SandboxAccount): readonly BinaryNode[] => [
  ...account.devices().map(({ address, keyIndex }) => {
    const linked = address.device === 0 ? {} : { 'key-index': String(keyIndex) };
    return el('device', { id: String(address.device), ...linked });
  }),
  ...account.phone.settings.keylessDevices
    .filter((id) => !account.companions.has(id))
    .map((id) => el('device', { id: String(id), 'key-index': String(id) })),
];
