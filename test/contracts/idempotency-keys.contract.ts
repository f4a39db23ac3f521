import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MasterKey } from '#lib/vault';
import { Idempotency } from '../../src/platform/http/idempotency.js';
import type { SecretsFixture } from './vault-secrets.contract.js';

const hoursMs = (hours: number): number => hours * 60 * 60 * 1000;
const refused = new Error('429');

/** How long the keys of requests are known, for every adapter of the secrets. */
export const idempotencyKeysContract = (name: string, newFixture: () => Promise<SecretsFixture>): void => {
  describe(`idempotency keys in ${name}`, () => {
    const monday = Date.parse('2026-11-30T10:00:00.000Z');
    let created: Map<string, string>;
    let isRefusing: boolean;
    let end: () => Promise<void>;
    let idempotency: Idempotency;

    beforeEach(async () => {
      const fixture = await newFixture();
      const key = new MasterKey(randomBytes(32));
      const secrets = await fixture.open(key, () => Date.now(), true);
      idempotency = new Idempotency({ key, secrets, isNew: true });
      [created, isRefusing] = [new Map(), false];
      end = async () => {
        await secrets.close();
        await fixture.remove();
      };
    });
    afterEach(async () => {
      jest.restoreAllMocks();
      await end();
    });

    /** So many hours after Monday, 10:00. */
    const askAt = (hours: number, asks = 'a message'): ReturnType<typeof idempotency.once<string>> => {
      jest.spyOn(Date, 'now').mockReturnValue(monday + hoursMs(hours));
      return idempotency.once<string>(
        { owner: 'user 1', key: 'order-4711', asks },
        {
          make: async (id) => {
            if (isRefusing) throw refused;
            created.set(id, asks);
            return asks;
          },
          first: async (id) => created.get(id),
        },
      );
    };
    const askRefusedAt = async (hours: number, asks?: string): Promise<void> => {
      isRefusing = true;
      await expect(askAt(hours, asks)).rejects.toBe(refused);
      isRefusing = false;
    };

    it('are known for a day after something was created, however long the first request was refused before', async () => {
      await askRefusedAt(0);
      await askRefusedAt(23);
      expect(await askAt(47.8)).toMatchObject({ replayed: false });
      expect(await askAt(48.1)).toMatchObject({ replayed: true });
      expect(await askAt(47.8 + 23.9)).toMatchObject({ replayed: true });
      expect(created.size).toBe(1);
    });

    it('are known for a day after they were used for another request than the one that was refused', async () => {
      await askRefusedAt(0);
      await askAt(47.8, 'another message');
      await expect(askAt(47.8 + 23.9)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
      expect(await askAt(47.8 + 23.9, 'another message')).toMatchObject({ replayed: true });
      expect(created.size).toBe(1);
    });

    it('are forgotten in the end', async () => {
      await askRefusedAt(0);
      await askRefusedAt(30);
      await askAt(30 + 48, 'another message');
      await askAt(30 + 96);
      expect([...created.values()]).toEqual(['another message', 'a message']);
    });
  });
};
