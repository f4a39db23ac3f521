import type { DeviceAddress } from '../network/address.js';
import { keyNodes } from '../network/key-bundle.js';
import { unixSeconds, type Envelope, type KeyBundle, type DeviceReceipt } from '../network/mail.js';
import { BoundedMap } from '../network/bounded-map.js';
import type { Network } from '../network/network.js';
import { bigEndian, el } from '../transport/wire.js';
import type { PhoneSettings } from './settings.js';

const maxRetries = 5;
const rememberedRetries = 1_000;

/** The message that a receipt confirms. */
export type ReceivedMessage = Pick<Envelope, 'id' | 'from' | 'chat' | 'addressing'>;

/** Sends the receipts of a phone. */
export class ReceiptSender {
  /** The delayed receipts. */
  readonly #delayed = new Map<NodeJS.Timeout, () => void>();
  readonly #retries = new BoundedMap<number>(rememberedRetries);

  constructor(
    private readonly self: DeviceAddress,
    private readonly registrationId: number,
    private readonly network: Network,
    private readonly settings: () => PhoneSettings,
  ) {}

  /** Sends the automatic receipts according to the current settings. */
  confirmReceived({ id, from, chat, addressing }: ReceivedMessage): void {
    const { receipts, receiptDelayMs } = this.settings();
    if (receipts === 'none') return;
    const message = { id, from, chat, addressing }; // must not keep the ciphertexts in memory
    const send = () => {
      this.send(message, 'delivered');
      if (receipts === 'read') this.send(message, 'read');
    };
    if (receiptDelayMs === 0) return send();
    const timer = setTimeout(() => {
      this.#delayed.delete(timer);
      send();
    }, receiptDelayMs);
    this.#delayed.set(timer, send);
  }

  send(message: ReceivedMessage, kind: 'delivered' | 'read' | 'played'): void {
    this.network.confirm(this.#receipt(message, kind));
    if (kind !== 'delivered') this.#tellOwnClients(message, kind);
  }

  /** Requests a message again, at most `maxRetries` times. With `keys` the sender can start a new session at once. */
  requestRetry(message: ReceivedMessage, keys?: KeyBundle): void {
    const count = (this.#retries.get(message.id) ?? 0) + 1;
    if (count > maxRetries) return;
    this.#retries.set(message.id, count);
    const retry = { count: String(count), id: message.id, t: String(unixSeconds()), v: '1' };
    const content = [
      el('retry', retry),
      el('registration', {}, bigEndian(this.registrationId, 4)),
      ...(keys ? [el('keys', {}, keyNodes(keys))] : []),
    ];
    this.network.confirm({ ...this.#receipt(message, 'retry'), content });
  }

  /** Sends what is delayed now, so that a restart of the sandbox loses no receipt. */
  stop(): void {
    for (const [timer, send] of this.#delayed) {
      clearTimeout(timer);
      send();
    }
    this.#delayed.clear();
  }

  /** What is read on one device is read on all. */
  #tellOwnClients(message: ReceivedMessage, kind: 'read' | 'played'): void {
    const { number } = this.self;
    const chat = message.chat.kind === 'user' ? { kind: 'user' as const, number: message.from.number } : message.chat;
    const receipt = { ...this.#receipt(message, kind), to: this.self, chat };
    for (const companion of this.network.directory.find(number)?.companions.values() ?? []) companion.confirm(receipt);
  }

  #receipt({ id, from, chat, addressing }: ReceivedMessage, kind: DeviceReceipt['kind']): DeviceReceipt {
    return { ids: [id], kind, from: this.self, to: from, chat, addressing, at: unixSeconds() };
  }
}
