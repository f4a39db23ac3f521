import { bundleNodes, readPreKey, readSignedPreKey } from '../network/key-bundle.js';
import { parseJid } from '../network/address.js';
import { bigEndian, child, children, el, type BinaryNode } from '../transport/wire.js';
import { IqError, maxItemsPerStanza, type Client, type IqAnswer, type IqHandlers } from './client.js';

/** Upload and download of Signal keys. */
export const prekeyHandlers: IqHandlers = {
  encrypt: (iq, client) => {
    const { companion } = client;
    if (child(iq, 'count')) return [el('count', { value: String(companion.preKeys.length) })];
    if (child(iq, 'digest')) return digest(client);
    if (child(iq, 'key')) return fetchKeys(children(child(iq, 'key'), 'user'), client);
    const rotated = child(child(iq, 'rotate'), 'skey') ?? child(iq, 'skey');
    if (rotated) storeSignedPreKey(rotated, client);
    storePreKeys(children(child(iq, 'list'), 'key'), client);
    return undefined;
  },
};

function storeSignedPreKey(node: BinaryNode, { companion, network }: Client): void {
  const key = readSignedPreKey(node, companion.identity.identityKey);
  if (!key) throw new IqError(406, 'signed prekey is not signed by the identity');
  companion.signedPreKey = key;
  network.parts.changed();
}

function storePreKeys(nodes: readonly BinaryNode[], { companion }: Client): void {
  if (nodes.length === 0) return;
  const keys = nodes.flatMap((node) => readPreKey(node) ?? []);
  if (keys.length < nodes.length || !companion.addPreKeys(keys)) throw new IqError(406, 'not-acceptable');
}

/** The stored keys, for the client to compare. */
function digest({ companion }: Client): IqAnswer {
  const { identity, signedPreKey, preKeys } = companion;
  const bundle = bundleNodes({ ...identity, signedPreKey, deviceIdentity: undefined });
  return [
    el('digest', {}, [
      ...bundle,
      el(
        'list',
        {},
        preKeys.map(({ keyId }) => el('id', {}, bigEndian(keyId, 3))),
      ),
    ]),
  ];
}

function fetchKeys(users: readonly BinaryNode[], { network }: Client): IqAnswer {
  if (users.length > maxItemsPerStanza) throw new IqError(400, 'bad-request');
  const answers = users.map(({ attrs: { jid } }) => {
    const account = network.directory.byJid(jid);
    const hasKeys = account !== undefined && !network.parts.faults.take('no-keys', account.number);
    const device = hasKeys ? account.device(parseJid(jid)?.device ?? 0) : undefined;
    const content = device
      ? bundleNodes(device.takeKeyBundle())
      : [el('error', { code: '404', text: 'item-not-found' })];
    return el('user', { jid }, content);
  });
  network.parts.changed();
  return [el('list', {}, answers)];
}
