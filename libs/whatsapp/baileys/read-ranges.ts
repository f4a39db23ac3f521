import { toNumber } from '@whiskeysockets/baileys';
import { timeFromMilliseconds } from './times.js';

type Seconds = Parameters<typeof toNumber>[0];
type Traced = {
  readonly syncAction?: {
    readonly index?: readonly string[];
    readonly syncAction?: {
      readonly value?: {
        readonly timestamp?: Seconds;
        readonly markChatAsReadAction?: {
          readonly read?: boolean | null;
          readonly messageRange?: {
            readonly lastMessageTimestamp?: Seconds;
            readonly messages?: readonly { readonly timestamp?: Seconds }[] | null;
          } | null;
        } | null;
      } | null;
    };
  };
};

/**
 * How far the account's owner had seen a chat that they marked as read on another device. The action says so, but the event that Baileys makes of it
 * does not: Baileys only traces the action, right before the event.
 */
export class ReadRanges {
  private readonly upTo = new Map<string, string>();

  /** To be called with what Baileys traces. */
  traced(details: unknown): void {
    const { index = [], syncAction } = (details as Traced).syncAction ?? {};
    const { markChatAsReadAction: action, timestamp } = syncAction?.value ?? {};
    const [, chat] = index;
    if (!action || chat === undefined) return;
    const { lastMessageTimestamp, messages } = action.messageRange ?? {};
    const seconds = Math.max(
      0,
      ...[lastMessageTimestamp, ...(messages ?? []).map((each) => each.timestamp)].map(toNumber),
    );
    const upTo = timeFromMilliseconds(seconds * 1000) ?? timeFromMilliseconds(timestamp);
    if (action.read === true && upTo !== null) this.upTo.set(chat, upTo);
    else this.upTo.delete(chat);
  }

  /** When the last message was sent that was seen in a chat (a jid), by WhatsApp's clock: ISO 8601. Undefined where it is not known. To be asked once. */
  take(chat: string): string | undefined {
    const upTo = this.upTo.get(chat);
    this.upTo.delete(chat);
    return upTo;
  }
}
