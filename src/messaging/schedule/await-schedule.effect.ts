import { Injectable } from '@nestjs/common';
import type { Effect } from '../../platform/context-definition.js';
import type { AwaitSchedule, CancelIfUnsent } from '../message.commands.js';
import { Senders } from '../senders/senders.js';
import { Schedule } from './schedule.js';

@Injectable()
export class AwaitScheduleEffect implements Effect<AwaitSchedule> {
  constructor(
    private readonly schedule: Schedule,
    private readonly senders: Senders,
  ) {}

  /** A message that was accepted while its key was being revoked is canceled: whoever canceled the others did not see it. */
  async run({ data }: AwaitSchedule): Promise<readonly CancelIfUnsent[]> {
    if (await this.senders.isCanceled(data)) {
      return [{ type: 'CancelIfUnsent', data: { messageId: data.messageId, at: new Date().toISOString() } }];
    }
    this.schedule.note(data);
    return [];
  }
}
