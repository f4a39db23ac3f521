import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Log } from '#lib/subscriptions';
import { because, currentCause } from '../../platform/cause.js';
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

  note({ keyId, usedAt }: KnownKey, at: string): void {
    if (this.underWay.has(keyId) || !isWorthRecording(usedAt, at)) return;
    this.underWay.add(keyId);
    const command: RecordApiKeyUsed = { type: 'RecordApiKeyUsed', data: { keyId, at } };
    const recording = because({ ...currentCause(), actor: { kind: 'key', id: keyId } }, () =>
      this.commands.execute(command),
    );
    recording
      .catch((error: unknown) => this.log.warn({ err: error, keyId }, 'The use of a key could not be recorded'))
      .finally(() => this.underWay.delete(keyId));
  }
}
