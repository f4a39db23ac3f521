import { SandboxError } from '../errors.js';
import type { SandboxAccount } from '../network/account.js';
import { isGroupJid, parseJid } from '../network/address.js';
import type { Companion } from '../network/companion.js';
import { unixSeconds } from '../network/mail.js';
import type { Network } from '../network/network.js';
import { el } from '../transport/wire.js';
import type { Activity } from './activities.js';

/** What a phone shows to others, as far as they want to know and are online themselves. Not kept across restarts. */
export class PhonePresence {
  #lastSeen: number | undefined;
  #isShown = false;

  constructor(
    private readonly account: SandboxAccount,
    private readonly network: Network,
  ) {}

  /** Whether somebody has WhatsApp open on it. */
  show(isShown: boolean): void {
    this.#isShown = isShown;
    if (!isShown) this.#lastSeen = unixSeconds();
    for (const { companions } of this.network.directory.list()) {
      for (const companion of companions.values()) this.showTo(companion);
    }
  }

  /** Shows it to one client, if that wants to know. */
  showTo(companion: Companion): void {
    if (!companion.isOnline || !companion.watched.has(this.account.number)) return;
    const last = this.#isShown ? undefined : String(this.#lastSeen ?? 'deny');
    const type = this.#isShown ? 'available' : 'unavailable';
    companion.link?.send(el('presence', { from: this.account.contactJid, type, last }));
  }

  /** What it does in the chat with a number or group. Throws a SandboxError if there is no such chat. */
  act(to: string, activity: Activity): void {
    const group = isGroupJid(parseJid(to)) ? this.network.groups.forMember(to, this.account.number) : undefined;
    const other = group ? undefined : this.network.directory.find(to.replace(/[\s\-+().]/g, ''));
    if (!group && !other) throw new SandboxError('unknown_number', `${to} is not on WhatsApp`);
    const own = this.account.contactJid;
    const attrs = group ? { from: to, participant: own } : { from: own };
    const state =
      activity === 'paused' ? el('paused') : el('composing', activity === 'recording' ? { media: 'audio' } : {});
    const numbers = group ? [...group.members.keys()] : [other?.number ?? ''];
    for (const number of numbers) {
      for (const companion of this.network.directory.find(number)?.companions.values() ?? []) {
        if (companion.isOnline && number !== this.account.number) companion.link?.send(el('chatstate', attrs, [state]));
      }
    }
  }
}
