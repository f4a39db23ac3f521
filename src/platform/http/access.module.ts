import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule, MetadataScanner } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { Access } from './access.js';
import { Idempotency } from './idempotency.js';
import { RateLimits } from './rate-limits.js';
import { Throttler, throttlerModule } from './throttler.js';
import { RouteAudit } from './route-audit.js';

/** Authorization, rate limits and idempotency. A context registers the passport strategies that authenticate callers. */
@Global()
@Module({
  imports: [DiscoveryModule, throttlerModule()],
  providers: [
    MetadataScanner,
    Access,
    Throttler,
    RateLimits,
    Idempotency,
    RouteAudit,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [RateLimits, Idempotency],
})
export class AccessModule {}
