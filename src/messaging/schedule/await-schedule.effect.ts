import { Injectable } from '@nestjs/common';
import type { Effect } from '../../platform/context-definition.js';
import type { AwaitSchedule } from '../message.commands.js';
import { Schedule } from './schedule.js';

@Injectable()
export class AwaitScheduleEffect implements Effect<AwaitSchedule> {
  constructor(private readonly schedule: Schedule) {}

  async run({ data }: AwaitSchedule): Promise<readonly []> {
    this.schedule.note(data);
    return [];
  }
}
