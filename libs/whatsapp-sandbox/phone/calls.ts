import { randomBytes } from 'node:crypto';
import { SandboxError } from '../errors.js';
import type { SandboxAccount } from '../network/account.js';
import type { Addressing } from '../network/address.js';
import { unixSeconds } from '../network/mail.js';
import type { Network } from '../network/network.js';
import { personJid } from '../network/stanza.js';
import { el, type BinaryNode } from '../transport/wire.js';

/** A call that a phone makes. */
export type PhoneCall = {
  readonly id: string;
  /** Number of whoever is called. */
  readonly to: string;
  readonly video: boolean;
  readonly addressing: Addressing;
  readonly status: 'ringing' | 'rejected' | 'ended';
  readonly at: string;
};

type NewCall = { readonly to: string; readonly video?: boolean; readonly addressing?: Addressing };

const maxCalls = 100;

/** The calls that a phone makes. They ring on the linked clients of whoever is called. Not kept across restarts. */
export class PhoneCalls {
  readonly #calls = new Map<string, PhoneCall>();

  constructor(
    private readonly account: SandboxAccount,
    private readonly network: Network,
    private readonly isOnline: () => boolean,
  ) {}

  /** Throws a SandboxError if the number is not on WhatsApp. */
  offer({ to, video = false, addressing = 'pn' }: NewCall): PhoneCall {
    if (!this.isOnline()) throw new SandboxError('phone_offline', `the phone ${this.account.number} is offline`);
    const number = this.network.directory.findOrCreate(to.replace(/[\s\-+().]/g, ''))?.number;
    if (number === undefined) throw new SandboxError('unknown_number', `${to} is not on WhatsApp`);
    const id = randomBytes(16).toString('hex').toUpperCase();
    const call: PhoneCall = { id, to: number, video, addressing, status: 'ringing', at: new Date().toISOString() };
    this.#set(call);
    const media = [el('audio', { enc: 'opus', rate: '16000' }), ...(video ? [el('video', { enc: 'vp8' })] : [])];
    this.#tell(call, 'offer', {}, media);
    return call;
  }

  /** The caller hangs up, or nobody has answered for too long. */
  end(id: string, reason: 'hung-up' | 'timeout'): PhoneCall {
    const call = this.#calls.get(id);
    if (!call) throw new SandboxError('not_found', `unknown call ${id}`);
    if (call.status !== 'ringing') return call;
    this.#tell(call, 'terminate', reason === 'timeout' ? { reason } : {}, []);
    return this.#set({ ...call, status: 'ended' });
  }

  /** A client of whoever is called rejects it. No effect on what does not ring. */
  rejected(id: string, by: string): void {
    const call = this.#calls.get(id);
    if (call?.to === by && call.status === 'ringing') this.#set({ ...call, status: 'rejected' });
  }

  /** Oldest first. */
  list(): readonly PhoneCall[] {
    return [...this.#calls.values()];
  }

  #set(call: PhoneCall): PhoneCall {
    this.#calls.set(call.id, call);
    const [oldest] = this.#calls.keys();
    if (this.#calls.size > maxCalls && oldest !== undefined) this.#calls.delete(oldest);
    return call;
  }

  #tell(
    { id, to, addressing }: PhoneCall,
    step: string,
    attrs: { readonly [name: string]: string },
    content: BinaryNode[],
  ): void {
    const { directory } = this.network;
    const names = { number: this.account.number, device: 0 };
    const caller = personJid(names, addressing, directory);
    const known = addressing === 'lid' ? { caller_pn: personJid(names, 'pn', directory) } : {};
    const info = el(step, { 'call-id': id, 'call-creator': caller, ...known, ...attrs }, content);
    for (const companion of directory.find(to)?.companions.values() ?? []) {
      const stanzaId = randomBytes(8).toString('hex').toUpperCase();
      companion.push(el('call', { id: stanzaId, from: caller, t: String(unixSeconds()) }, [info]));
    }
  }
}
