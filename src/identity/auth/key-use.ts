import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { CommandContext } from '../../platform/command-context.js';
import { LOG } from '../../platform/tokens.js';
import type { RecordApiKeyUsed } from '../api-key.contract.js';
import { isWorthRecording } from '../api-key.rules.js';
import type { KnownKey } from './callers.js';

/** Records that keys are used: seldom, and without keeping a request waiting. */
@Injectable()
export class KeyUse {
  private readonly underWay = new Set<string>();

  constructor(
    private readonly commands: CommandBus,
    @Inject(LOG) private readonly log: Log,
  ) {}

  note({ keyId, usedAt }: KnownKey, at: string, requestId: string): void {
    if (this.underWay.has(keyId) || !isWorthRecording(usedAt, at)) return;
    this.underWay.add(keyId);
    const command: RecordApiKeyUsed = { type: 'RecordApiKeyUsed', data: { keyId, at } };
    this.commands
      .execute(command, new CommandContext(requestId, requestId, { kind: 'key', id: keyId }))
      .catch((error: unknown) => this.log.warn({ err: error, keyId }, 'The use of a key could not be recorded'))
      .finally(() => this.underWay.delete(keyId));
  }
}
