import type { Companion } from '../network/companion.js';
import { nodeBytes, child, children, el, proto, type BinaryNode } from '../transport/wire.js';
import type { SandboxAccount } from '../network/account.js';
import { AppState } from '../network/app-state.js';
import { mutationsIn } from '../network/app-state-mutations.js';
import { IqError, type IqHandlers } from './client.js';

/** Stores the client's patches and returns those that it lacks. */
export const appStateHandlers: IqHandlers = {
  'w:sync:app:state': (iq, { account, companion, network }) => {
    const collections = children(child(iq, 'sync'), 'collection');
    const answers = collections.map((collection) => syncCollection(collection, account, companion));
    network.parts.changed();
    return [el('sync', {}, answers)];
  },
};

function syncCollection(collection: BinaryNode, account: SandboxAccount, companion: Companion): BinaryNode {
  const { name = '' } = collection.attrs;
  if (!AppState.knows(name)) return failed(name, '404', 'item-not-found');
  const known = Number(collection.attrs.version ?? 0);
  const patches = children(child(collection, 'patches') ?? collection, 'patch').map(readPatch);
  if (patches.length > 0) {
    const accepted = patches.every((patch, index) => account.appState.append(name, known + index, patch));
    if (!accepted) return failed(name, '409', 'conflict');
    const pushName = patches
      .flatMap((patch) => mutationsIn(patch, account.appStateKey))
      .findLast(({ value }) => typeof value.pushNameSetting?.name === 'string');
    account.name = pushName?.value.pushNameSetting?.name ?? account.name;
    const version = String(account.appState.version(name));
    account.notifyCompanions('server_sync', [el('collection', { name, version })], companion);
    return el('collection', { name, version });
  }
  const missing = account.appState.since(name, known).map((patch) => el('patch', {}, patch));
  const attrs = { name, version: String(account.appState.version(name)), has_more_patches: 'false' };
  return el('collection', attrs, missing.length > 0 ? [el('patches', {}, missing)] : undefined);
}

function readPatch(node: BinaryNode): proto.SyncdPatch {
  try {
    return proto.SyncdPatch.decode(nodeBytes(node));
  } catch {
    throw new IqError(400, 'bad-request'); // malformed
  }
}

const failed = (name: string, code: string, text: string): BinaryNode =>
  el('collection', { name, type: 'error' }, [el('error', { code, text })]);
