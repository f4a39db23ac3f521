import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { VAULT } from '../platform/tokens.js';
import type { Vault } from '../platform/vault.js';
import { AdminAccounts } from './accounts/admin-accounts.js';
import { ApiKeys } from './accounts/api-keys.js';
import { ClaimsInStep } from './accounts/claims-in-step.js';
import { EmailKeys } from './accounts/email-keys.js';
import { FirstAdmin } from './accounts/first-admin.js';
import { MachineOperator } from './accounts/operator-accounts.js';
import { OwnPassword } from './accounts/own-password.js';
import { RevokeKeysEffect } from './accounts/revoke-keys.effect.js';
import { UserAccounts } from './accounts/user-accounts.js';
import { accessTokens } from './auth/access-token.js';
import { AdminLogin } from './auth/admin-login.js';
import { AdminTokenStrategy } from './auth/admin-token.strategy.js';
import { ApiKeySecrets } from './auth/api-key-secrets.js';
import { ApiKeyStrategy } from './auth/api-key.strategy.js';
import { Directory } from './auth/directory.js';
import { FirstPassword } from './auth/first-password.js';
import { KeyUses } from './auth/key-uses.js';
import { LastingCallers } from './auth/lasting-callers.js';
import { LoginAttempts } from './auth/login-attempts.js';
import { Logins } from './auth/logins.js';
import { Passwords } from './auth/passwords.js';
import { TicketStrategy } from './auth/ticket.strategy.js';
import { UserCallers } from './auth/user-callers.js';
import { CALLERS } from './callers.contract.js';
import { AdminsController } from './http/admins.controller.js';
import { ApiKeysController } from './http/api-keys.controller.js';
import { AuthController } from './http/auth.controller.js';
import { UsersController } from './http/users.controller.js';
import { OPERATOR_ACCOUNTS } from './operator.contract.js';

const accounts = [
  UserAccounts,
  AdminAccounts,
  ApiKeys,
  EmailKeys,
  ClaimsInStep,
  FirstAdmin,
  MachineOperator,
  OwnPassword,
  RevokeKeysEffect,
];
const auth = [
  Directory,
  AdminLogin,
  Logins,
  Passwords,
  FirstPassword,
  LoginAttempts,
  AdminTokenStrategy,
  ApiKeySecrets,
  ApiKeyStrategy,
  TicketStrategy,
  UserCallers,
  LastingCallers,
  KeyUses,
];

/** Identity's routes, and the authentication of users and admins. */
@Module({
  imports: [JwtModule.registerAsync({ inject: [VAULT], useFactory: ({ key }: Vault) => accessTokens(key).signing })],
  controllers: [AuthController, AdminsController, UsersController, ApiKeysController],
  providers: [
    ...accounts,
    ...auth,
    { provide: OPERATOR_ACCOUNTS, useExisting: MachineOperator },
    { provide: CALLERS, useExisting: LastingCallers },
  ],
  exports: [OPERATOR_ACCOUNTS, CALLERS],
})
export class IdentityModule {}
