import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { strategies } from '../../platform/http/access.js';
import type { AdminCaller } from '../../platform/http/caller.js';
import { VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';
import { permissionsOf } from '../roles.rules.js';
import { Directory } from './directory.js';
import { isOver, Logins, type AccessClaims } from './logins.js';
import { accessTokens } from './access-token.js';

/** Authenticates an admin by the access token of a login that has not ended. The role is the current one, not the token's. */
@Injectable()
export class AdminTokenStrategy extends PassportStrategy(Strategy, strategies.admins) {
  constructor(
    @Inject(VAULT) vault: Vault,
    private readonly directory: Directory,
    private readonly logins: Logins,
  ) {
    super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), ...accessTokens(vault.key).checking });
  }

  async validate({
    sub: adminId,
    login: loginId,
    exp,
  }: AccessClaims & { readonly exp: number }): Promise<AdminCaller | false> {
    const login = await this.logins.find(loginId);
    const admin = this.directory.admin(adminId);
    if (!login || !admin || isOver(login, admin)) return false;
    return { kind: 'admin', adminId, loginId, expiresAt: exp * 1000, permissions: permissionsOf[admin.role] };
  }
}
