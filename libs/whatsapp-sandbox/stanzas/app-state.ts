import type { Companion } from '../network/companion.js';
import { bytesOf, child, children, el, type BinaryNode } from '../transport/wire.js';
import type { Account } from '../network/account.js';
import type { IqHandlers } from './client.js';

/** Takes the client's patches and answers with those that it does not have yet. */
export const appStateHandlers: IqHandlers = {
  'w:sync:app:state': (iq, { account, companion, network }) => {
    const collections = children(child(iq, 'sync'), 'collection');
    const answers = collections.map((collection) => syncCollection(collection, account, companion));
    network.parts.changed();
    return [el('sync', {}, answers)];
  },
};

function syncCollection(collection: BinaryNode, account: Account, companion: Companion): BinaryNode {
  const { name = '' } = collection.attrs;
  const known = Number(collection.attrs.version ?? 0);
  const patches = children(child(collection, 'patches') ?? collection, 'patch');
  if (patches.length > 0) {
    const accepted = patches.every((patch, index) => account.appState.append(name, known + index, bytesOf(patch)));
    if (!accepted) return el('collection', { name, type: 'error' }, [el('error', { code: '409', text: 'conflict' })]);
    const version = String(account.appState.version(name));
    account.notifyCompanions('server_sync', [el('collection', { name, version })], companion);
    return el('collection', { name, version });
  }
  const missing = account.appState.since(name, known).map((patch) => el('patch', {}, patch));
  const attrs = { name, version: String(account.appState.version(name)), has_more_patches: 'false' };
  return el('collection', attrs, missing.length > 0 ? [el('patches', {}, missing)] : undefined);
}
