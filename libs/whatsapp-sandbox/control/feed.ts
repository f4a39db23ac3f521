import type { PhoneMessage } from '../phone/inbox.js';
import type { Sandbox } from '../sandbox.js';
import { listFaults } from './faults.js';
import { viewOf } from './schemas/phone.js';

/** Something that is not as it was. */
export type Change = { readonly event: 'phone' | 'message' | 'faults' | 'groups'; readonly data: unknown };

type Seen = { phone: string; messages: readonly PhoneMessage[] };

const LOOK_EVERY_MS = 150;
/** At most a tenth of the time is spent on looking. */
const REST = 9;

/**
 * Tells listeners what changes in a sandbox: phones, messages, ticks, faults. It compares what there is with what there
 * was, several times a second, so that nothing in the sandbox has to think of it; and only while somebody listens.
 */
export class Feed {
  readonly #listeners = new Set<(change: Change) => void>();
  #phones = new Map<string, Seen>();
  /** Of what is told as a whole: how it was. */
  readonly #whole = { faults: '', groups: '' };
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly sandbox: () => Sandbox) {}

  /** Returns the way to stop it. What is there already is not told: read it after subscribing. */
  subscribe(listener: (change: Change) => void): () => void {
    if (this.#listeners.size === 0) this.#begin();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) clearTimeout(this.#timer);
    };
  }

  #begin(): void {
    this.#look(() => undefined);
    this.#schedule(LOOK_EVERY_MS);
  }

  #schedule(ms: number): void {
    this.#timer = setTimeout(() => {
      const started = performance.now();
      this.#look((change) => {
        for (const listener of this.#listeners) listener(change);
      });
      this.#schedule(Math.max(LOOK_EVERY_MS, (performance.now() - started) * REST));
    }, ms);
    this.#timer.unref();
  }

  #look(tell: (change: Change) => void): void {
    const whole = { faults: listFaults(this.sandbox()), groups: this.sandbox().groups.list() };
    for (const event of ['faults', 'groups'] as const) {
      const text = JSON.stringify(whole[event]);
      if (text !== this.#whole[event]) tell({ event, data: whole[event] });
      this.#whole[event] = text;
    }

    const phones = new Map<string, Seen>();
    for (const phone of this.sandbox().phones.list()) {
      const view = viewOf(phone);
      const now = { phone: JSON.stringify(view), messages: phone.messages() };
      const before = this.#phones.get(phone.number);
      if (now.phone !== before?.phone) tell({ event: 'phone', data: view });
      for (const message of changed(before?.messages ?? [], now.messages)) {
        tell({ event: 'message', data: { phone: phone.number, message } });
      }
      phones.set(phone.number, now);
    }
    this.#phones = phones;
  }
}

/** New messages, and those whose status moved: the inbox replaces what it changes. Both are in order of sequence. */
function changed(before: readonly PhoneMessage[], now: readonly PhoneMessage[]): readonly PhoneMessage[] {
  const offset = before.findIndex(({ sequence }) => sequence === now[0]?.sequence);
  return now.filter((message, index) => offset < 0 || message !== before[index + offset]);
}
