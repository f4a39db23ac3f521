import { SandboxError } from '../errors.js';

/** How a virtual phone behaves. */
export type PhoneSettings = {
  /** An offline phone neither receives nor confirms; it catches up when it is back. */
  readonly online: boolean;
  /** What it confirms by itself. */
  readonly receipts: 'none' | 'delivered' | 'read';
  /** Milliseconds between receiving and confirming. */
  readonly receiptDelayMs: number;
  /** Whether WhatsApp knows the number at all. */
  readonly exists: boolean;
};

/** Like a person's phone: some clients lose a receipt that is faster than their own bookkeeping. */
export const defaultSettings: PhoneSettings = {
  online: true,
  receipts: 'delivered',
  receiptDelayMs: 250,
  exists: true,
};

const RECEIPTS: readonly unknown[] = ['none', 'delivered', 'read'];

/** Settings with a change applied. Throws when a value makes no sense. */
export function changeSettings(settings: PhoneSettings, change: Partial<PhoneSettings>): PhoneSettings {
  const result = { ...settings, ...change };
  if (!RECEIPTS.includes(result.receipts)) {
    throw new SandboxError('invalid_argument', 'receipts must be none, delivered or read');
  }
  if (!Number.isFinite(result.receiptDelayMs) || result.receiptDelayMs < 0) {
    throw new SandboxError('invalid_argument', 'receiptDelayMs must be 0 or more');
  }
  return result;
}
