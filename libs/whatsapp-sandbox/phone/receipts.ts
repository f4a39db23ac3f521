import type { DeviceAddress } from '../network/address.js';
import { keyNodes } from '../network/key-bundle.js';
import { unixSeconds, type Envelope, type KeyBundle, type Receipt } from '../network/mail.js';
import { Memory } from '../network/memory.js';
import type { Network } from '../network/network.js';
import { bigEndian, el } from '../transport/wire.js';
import type { PhoneSettings } from './settings.js';

const RETRIES = 5;
const RETRIES_REMEMBERED = 1_000;

/** What a receipt is about; an envelope is one. */
type About = Pick<Envelope, 'id' | 'from' | 'chat' | 'addressing'>;

/** What a phone says about the messages it receives. */
export class Receipts {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #retries = new Memory<number>(RETRIES_REMEMBERED);

  constructor(
    private readonly self: DeviceAddress,
    private readonly registrationId: number,
    private readonly network: Network,
    private readonly settings: () => PhoneSettings,
  ) {}

  /** Confirms by itself, as the settings of this moment say. */
  confirm({ id, from, chat, addressing }: About): void {
    const { receipts, receiptDelayMs } = this.settings();
    if (receipts === 'none') return;
    const about = { id, from, chat, addressing }; // what waits for its time shall not keep the whole message
    const send = () => {
      this.send(about, 'delivered');
      if (receipts === 'read') this.send(about, 'read');
    };
    if (receiptDelayMs === 0) return send();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      send();
    }, receiptDelayMs);
    this.#timers.add(timer);
  }

  send(about: About, kind: 'delivered' | 'read' | 'played'): void {
    this.network.confirm(this.#receipt(about, kind));
  }

  /** Says that the message could not be read, up to five times. With `keys` the sender can start a new session at once. */
  askAgain(about: About, keys?: KeyBundle): void {
    const count = (this.#retries.get(about.id) ?? 0) + 1;
    if (count > RETRIES) return;
    this.#retries.set(about.id, count);
    const retry = { count: String(count), id: about.id, t: String(unixSeconds()), v: '1' };
    const content = [
      el('retry', retry),
      el('registration', {}, bigEndian(this.registrationId, 4)),
      ...(keys ? [el('keys', {}, keyNodes(keys))] : []),
    ];
    this.network.confirm({ ...this.#receipt(about, 'retry'), content });
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #receipt({ id, from, chat, addressing }: About, kind: Receipt['kind']): Receipt {
    return { ids: [id], kind, from: this.self, to: from, chat, addressing, at: unixSeconds() };
  }
}
