import { Injectable } from '@nestjs/common';

type Sent = { readonly sentAt: string };

/** Lets a receipt replace an ack that was lost: a message that a device has was accepted by WhatsApp's server. */
@Injectable()
export class Confirmations {
  private readonly waiting = new Map<string, (sent: Sent) => void>();

  /** Settles with `sending`, or when the message is confirmed otherwise, whichever is first. */
  async orElse(messageId: string, sending: Promise<Sent>): Promise<Sent> {
    const confirmed = new Promise<Sent>((resolve) => void this.waiting.set(messageId, resolve));
    sending.catch(() => undefined); // once the message is confirmed otherwise, a failure means nothing
    try {
      return await Promise.race([sending, confirmed]);
    } finally {
      this.waiting.delete(messageId);
    }
  }

  /** A message has arrived. `at` is ISO 8601. */
  confirm(messageId: string, at: string): void {
    this.waiting.get(messageId)?.({ sentAt: at });
  }
}
