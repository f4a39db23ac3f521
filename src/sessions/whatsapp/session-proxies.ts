import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { FetchFailed, Guard, UrlNotAllowed } from '#lib/outbound';
import { sealer, type Sealer } from '#lib/vault';
import type { Proxy } from '#lib/whatsapp';
import { authoritiesOf, isAllowedBy } from '../../platform/outbound-allowed.js';
import { Streams } from '../../platform/streams/streams.js';
import { CONFIG, VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';
import { sessionDecider } from '../session.decider.js';

/** The proxies of sessions. They contain credentials, so they are sealed wherever they are kept. */
@Injectable()
export class SessionProxies {
  private readonly guard: Guard;
  private readonly sealer: Sealer;
  private readonly authorities: string | undefined;

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(VAULT) { key }: Vault,
    private readonly streams: Streams,
  ) {
    this.guard = new Guard({ isAllowed: isAllowedBy(config) });
    this.sealer = sealer(key, 'session-proxy');
    this.authorities = authoritiesOf(config);
  }

  seal(sessionId: string, url: string): string {
    return this.sealer.seal(Buffer.from(url), sessionId).toString('base64url');
  }

  /**
   * The proxy that a session has now, for one connection. It may be at a public address, or at one that the operator allows; its name is
   * looked up each time. @throws {Transient}
   */
  async of(sessionId: string): Promise<Proxy | undefined> {
    const { state } = await this.streams.state(sessionDecider, sessionId);
    if (state.status === 'none' || state.proxy === null) return undefined;
    const url = this.sealer.open(Buffer.from(state.proxy, 'base64url'), sessionId).toString();
    try {
      const { authorities } = this;
      const address = await this.guard.addressOf(new URL(url).hostname);
      return { url, address, ...(authorities !== undefined && { authorities }) };
    } catch (error) {
      if (error instanceof UrlNotAllowed || error instanceof FetchFailed) return { unusable: error.message };
      throw error;
    }
  }
}
