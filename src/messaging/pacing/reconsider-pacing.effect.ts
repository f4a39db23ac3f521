import { Injectable } from '@nestjs/common';
import type { Effect } from '../../platform/context-definition.js';
import type { ReconsiderPacing } from '../message.commands.js';
import { Outbox } from '../outbox/outbox.js';
import { Pacers } from './pacers.js';

@Injectable()
export class ReconsiderPacingEffect implements Effect<ReconsiderPacing> {
  constructor(
    private readonly pacers: Pacers,
    private readonly outbox: Outbox,
  ) {}

  async run({ data: { sessionId, position } }: ReconsiderPacing): Promise<readonly []> {
    await this.pacers.reached(position);
    this.outbox.reconsider(sessionId ?? undefined);
    return [];
  }
}
