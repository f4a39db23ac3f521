import { Injectable } from '@nestjs/common';

type Sent = { readonly sentAt: string };

/** Lets a receipt stand in for an ack that was lost: who has a message, got it from WhatsApp's server. */
@Injectable()
export class Confirmations {
  private readonly waiting = new Map<string, (sent: Sent) => void>();

  /** What sending answers, or the news that the message has arrived, whichever is first. */
  async orElse(messageId: string, sending: Promise<Sent>): Promise<Sent> {
    const confirmed = new Promise<Sent>((resolve) => void this.waiting.set(messageId, resolve));
    sending.catch(() => undefined); // once it is confirmed otherwise, nobody listens any more
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
