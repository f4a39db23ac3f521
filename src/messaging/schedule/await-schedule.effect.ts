import { Injectable } from '@nestjs/common';
import type { Effect } from '../../platform/context-definition.js';
import type { AbandonMessage, AwaitSchedule, CancelIfUnsent } from '../message.commands.js';
import { Senders } from '../senders/senders.js';
import { Schedule } from './schedule.js';

@Injectable()
export class AwaitScheduleEffect implements Effect<AwaitSchedule> {
  constructor(
    private readonly schedule: Schedule,
    private readonly senders: Senders,
  ) {}

  /**
   * A message that was accepted while its key was being revoked is canceled, and one that was accepted while its session was being deleted
   * fails: whoever ended the others did not see it.
   */
  async run({ data }: AwaitSchedule): Promise<readonly (AbandonMessage | CancelIfUnsent)[]> {
    const { messageId, sessionId } = data;
    const at = new Date().toISOString();
    if (await this.senders.isCanceled(data)) return [{ type: 'CancelIfUnsent', data: { messageId, at } }];
    if (!(await this.senders.find(sessionId))) return [{ type: 'AbandonMessage', data: { messageId, at } }];
    this.schedule.note(data);
    return [];
  }
}
