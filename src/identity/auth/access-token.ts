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
  return {
    signing: { secret, signOptions: { algorithm, issuer, audience } },
    checking: { secretOrKey: secret, algorithms: [algorithm], issuer, audience },
  };
};
