import type { AdminRole } from './admin.contract.js';

/** Injects the `OperatorAccounts` of this process. */
export const OPERATOR_ACCOUNTS = Symbol('operator accounts');

export type ListedAdmin = {
  readonly email: string;
  readonly role: AdminRole;
  readonly lastLoginAt: string | null;
};

/** What whoever has the machine may do with admins, without being one. All is on record as done by the operator. */
export interface OperatorAccounts {
  /** Oldest first. */
  list(): Promise<readonly ListedAdmin[]>;
  /** Answers the password, which is generated if none is given. @throws {DomainError} `email_taken`, `weak_password` */
  create(email: string, role: AdminRole, password?: string): Promise<string>;
  /** Ends all of the admin's logins. Answers the password, generated if none is given. @throws {DomainError} `admin_not_found`, `weak_password` */
  resetPassword(email: string, password?: string): Promise<string>;
  /** Ends the lockouts of all clients from an admin's account. Answers how many there were. @throws {DomainError} `admin_not_found` */
  unlock(email: string): Promise<number>;
  /** The admin of the first start, with the password that was generated then until it is changed. Undefined once that admin is disabled. */
  first(): Promise<{ readonly email: string; readonly password: string | null } | undefined>;
}
