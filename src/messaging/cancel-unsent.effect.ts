import { Injectable } from '@nestjs/common';
import type { Effect } from '../platform/context-definition.js';
import { Views } from '../platform/views/views.js';
import type { CancelIfUnsent, CancelUnsentOfKey } from './message.commands.js';
import { messages } from './messages.projection.js';

/** Finds what was accepted with a key before it was revoked, and cancels what is not sent meanwhile. */
@Injectable()
export class CancelUnsentEffect implements Effect<CancelUnsentOfKey> {
  constructor(private readonly views: Views) {}

  async run({ data: { keyId, at } }: CancelUnsentOfKey): Promise<readonly CancelIfUnsent[]> {
    await this.views.fresh(messages);
    const unsent: CancelIfUnsent[] = [];
    const waiting = { where: { keyId, status: { in: ['scheduled', 'queued'] } } } as const;
    for await (const { id: messageId } of this.views.scan(messages, waiting)) {
      unsent.push({ type: 'CancelIfUnsent', data: { messageId, at } });
    }
    return unsent;
  }
}
