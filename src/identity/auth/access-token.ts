import { createSecretKey } from 'node:crypto';
import type { JwtModuleOptions } from '@nestjs/jwt';
import type { MasterKey } from '#lib/vault';

/** The lifetime of an access token. */
export const accessSeconds = 15 * 60;

const algorithm = 'HS256';
const issuer = 'waybill';
const audience = 'waybill-admin';

/** How access tokens are signed and verified. */
export const accessTokens = (
  key: MasterKey,
): {
  readonly signing: JwtModuleOptions;
  readonly checking: {
    readonly secretOrKey: Buffer;
    readonly algorithms: (typeof algorithm)[];
    readonly issuer: string;
    readonly audience: string;
  };
} => {
  const secret = key.subkey('admin-access-token');
  // For each token, bytes would be tried as a public key first, which takes longer than all the rest. The types know bytes only.
  const secretOrKey = createSecretKey(secret) as unknown as Buffer;
  return {
    signing: { secret, signOptions: { algorithm, issuer, audience } },
    checking: { secretOrKey, algorithms: [algorithm], issuer, audience },
  };
};
