import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Config } from '#config';
import { callsWithin, type ProcessCalls } from '#lib/process-calls';
import { QueryFailed, whatsAppErrors, type NumberCheck, type WhatsAppConnections } from '#lib/whatsapp';
import { SessionProcess } from '../../platform/processes/session-process.js';
import type { Stores } from '../../platform/stores.js';
import { sharedConnections } from './shared-connections.js';

const [known, leftOut] = ['+491701234567', '+491707654321'];
const check: NumberCheck = { phoneNumber: known, exists: true, jid: '491701234567@s.whatsapp.net', lid: null };

describe('a look-up of numbers in which WhatsApp leaves one out, asked by another process', () => {
  let calls: ProcessCalls;
  const processWith = (roles: Config['WAYBILL_ROLES']): SessionProcess =>
    new SessionProcess({ WAYBILL_ROLES: roles } as Config, {} as Stores, calls);

  beforeEach(async () => {
    calls = callsWithin({ info: () => undefined, warn: () => undefined });
    const owner = processWith(['api', 'sessions', 'workers']);
    const given: Pick<WhatsAppConnections, 'checkNumbers'> = {
      checkNumbers: async (_sessionId, numbers) => (numbers.includes(known) ? [check] : []),
    };
    sharedConnections(owner, given as WhatsAppConnections);
    await owner.onApplicationBootstrap();
  });

  it('answers what is known', async () => {
    const elsewhere = sharedConnections(processWith(['api']), undefined);
    expect(await elsewhere.checkNumbers('one', [known, leftOut])).toEqual([check]);
    expect(await elsewhere.checkNumbers('one', [leftOut])).toEqual([]);
  });

  it('fails where that process is of an earlier version, which takes what is left out for absent', async () => {
    const service = { name: 'whatsapp', errors: whatsAppErrors };
    const ask = (numbers: readonly string[]) => calls.ask({ service, method: 'checkNumbers', args: ['one', numbers] });
    await expect(ask([known, leftOut])).rejects.toThrow(QueryFailed);
    expect(await ask([known])).toEqual([check]);
  });
});
