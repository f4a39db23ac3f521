import { Inject, Injectable } from '@nestjs/common';
import { VAULT } from '../tokens.js';
import type { Vault } from '../vault.js';
import { Jobs } from '../jobs/jobs.js';

/** What has expired in the vault cannot be seen any more; this frees its place. */
@Injectable()
export class ExpiredSecrets {
  constructor(jobs: Jobs, @Inject(VAULT) vault: Vault) {
    jobs.add({
      name: 'expired-secrets',
      description:
        'Removes idempotency keys, logins (refresh tokens), tickets and counted login attempts that have expired.',
      schedule: '4,14,24,34,44,54 * * * *',
      run: () => vault.secrets.sweep(),
    });
  }
}
