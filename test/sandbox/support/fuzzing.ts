import { expect, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { startSandbox, type Sandbox } from '#lib/whatsapp-sandbox';
import { HealthySession } from '../../support/sandbox/healthy-session.js';
import { HostileAccount } from '../../support/sandbox/hostile-account.js';
import type { Scene } from '../../support/sandbox/stanzas.js';

jest.setTimeout(120_000);

export const bytes = (maxLength: number, minLength = 0): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array));

export const check = <T>(input: fc.Arbitrary<T>, numRuns: number, run: (value: T) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(input, run), { numRuns });

/** A sandbox for malformed input, with a healthy session that must not notice anything. */
export class FuzzedSandbox {
  /** Inputs that were sent. */
  cases = 0;

  private constructor(
    readonly sandbox: Sandbox,
    readonly account: HostileAccount,
    readonly scene: Scene,
    private readonly healthy: HealthySession,
    private readonly errors: readonly object[],
  ) {}

  static async start(): Promise<FuzzedSandbox> {
    const errors: object[] = [];
    const ignore = (): void => undefined;
    const error = (details: object, message: string): void => void errors.push({ ...details, message });
    const sandbox = await startSandbox({ logger: { debug: ignore, info: ignore, warn: ignore, error } });
    const healthy = await HealthySession.start(sandbox);
    const account = await HostileAccount.create(sandbox);
    const [self, other] = [account.phone, sandbox.phones.create()];
    const { jid: group } = other.groups.create({ subject: 'Fun', participants: [self.number] });
    const { id: message } = await other.send({ to: self.number, type: 'text', text: 'say again' });
    const scene = { self: self.number, other: other.number, group, message };
    return new FuzzedSandbox(sandbox, account, scene, healthy, errors);
  }

  /** Arguments of `waitUntil`: waits until the healthy session has exchanged one more message. */
  nextRoundTrip(): [what: string, check: () => boolean] {
    const { roundTrips } = this.healthy;
    return ['the healthy session continues', () => this.healthy.roundTrips > roundTrips];
  }

  /** Stops, and fails if the sandbox logged an error or fewer than `minCases` inputs were sent. */
  async stop(minCases: number): Promise<void> {
    try {
      await this.healthy.stop();
    } finally {
      await this.sandbox.stop();
    }
    expect(this.errors).toEqual([]);
    expect(this.cases).toBeGreaterThanOrEqual(minCases);
  }
}
