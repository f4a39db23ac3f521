import { SandboxError } from '../errors.js';
import type { SandboxAccount } from '../network/account.js';
import { mutationsIn, patchOf, type AppStateMutation } from '../network/app-state-mutations.js';
import type { Network } from '../network/network.js';
import { el } from '../transport/wire.js';

/** One collection of the state that the devices of an account share, as its phone reads and writes it. */
export class AccountState {
  constructor(
    private readonly collection: string,
    private readonly account: SandboxAccount,
    private readonly network: Network,
  ) {}

  /** Throws a SandboxError if there are too many changes. */
  write(mutation: AppStateMutation): void {
    const { appState, appStateKey } = this.account;
    const name = this.collection;
    const stamped = { ...mutation, value: { timestamp: Date.now(), ...mutation.value } };
    if (!appState.append(name, appState.version(name), patchOf(stamped, appStateKey)))
      throw new SandboxError('invalid_argument', 'the account has changed too often');
    this.account.notifyCompanions('server_sync', [el('collection', { name, version: String(appState.version(name)) })]);
    this.network.parts.changed();
  }

  /** What was set last, of each subject. */
  read(): readonly AppStateMutation[] {
    const { appState, appStateKey } = this.account;
    const all = appState.patches(this.collection).flatMap((patch) => mutationsIn(patch, appStateKey));
    return [...new Map(all.map((mutation) => [mutation.index.join(' '), mutation])).values()];
  }
}
