import { SandboxError } from '../errors.js';

/** Settings of a virtual phone. */
export type PhoneSettings = {
  /** An offline phone neither receives nor confirms messages; it catches up when it comes back. */
  readonly online: boolean;
  /** Receipts it sends on its own. */
  readonly receipts: 'none' | 'delivered' | 'read';
  /** Delay between a message and its receipt. */
  readonly receiptDelayMs: number;
  /** Whether the number is on WhatsApp. */
  readonly exists: boolean;
  /** Whether WhatsApp answers look-ups of the number; otherwise it leaves them out. */
  readonly lookUpsAnswered: boolean;
  /** Whether WhatsApp tells others the LID: in look-ups, and with messages of this phone. */
  readonly lidKnown: boolean;
  /** Linked devices that look-ups list although WhatsApp has no keys of them. */
  readonly keylessDevices: readonly number[];
  /** Whether WhatsApp says that the account must not start new chats. */
  readonly restricted: boolean;
  /** Whether WhatsApp says that the account has started as many new chats as it may for now. */
  readonly newChatsCapped: boolean;
  /** When these two end: ISO 8601. */
  readonly restrictionsEndAt: string | null;
  /** Whether it still has the files of its messages, and uploads them again for linked clients. */
  readonly keepsFiles: boolean;
};

/** The delay is realistic: some clients miss a receipt that arrives before they have stored the message. */
export const defaultSettings: PhoneSettings = {
  online: true,
  receipts: 'delivered',
  receiptDelayMs: 250,
  exists: true,
  lookUpsAnswered: true,
  lidKnown: true,
  keylessDevices: [],
  restricted: false,
  newChatsCapped: false,
  restrictionsEndAt: null,
  keepsFiles: true,
};

const receiptModes: readonly unknown[] = ['none', 'delivered', 'read'];

/** Applies a change. Throws for invalid values. */
export function changeSettings(settings: PhoneSettings, change: Partial<PhoneSettings>): PhoneSettings {
  const result = { ...settings, ...change };
  if (!receiptModes.includes(result.receipts)) {
    throw new SandboxError('invalid_argument', 'receipts must be none, delivered or read');
  }
  if (!Number.isFinite(result.receiptDelayMs) || result.receiptDelayMs < 0) {
    throw new SandboxError('invalid_argument', 'receiptDelayMs must not be negative');
  }
  const isRestricted = result.restricted || result.newChatsCapped;
  const restrictionsEndAt = result.restrictionsEndAt ?? new Date(Date.now() + restrictionMs).toISOString();
  return { ...result, restrictionsEndAt: isRestricted ? restrictionsEndAt : null };
}

/** So long does a restriction last whose end is not set. */
const restrictionMs = 24 * 3600 * 1000;
