import type { Caller, UserCaller } from '../platform/http/caller.js';

/** Injects `Callers`. */
export const CALLERS = Symbol('callers');

/** Stands for an API key, once and for a short time, where a client can set no header. */
export type Ticket = { readonly ticket: string; readonly expiresAt: string };

/** Who may call, for connections that outlive the request that opened them. `ip` is the caller's address. */
export interface Callers {
  /** @throws {Unauthenticated | DomainError} why the API key may not be used */
  byKey(apiKey: string, ip: string): UserCaller;
  /** In every process. @throws {SecretsUnavailable} */
  issueTicket(caller: UserCaller): Promise<Ticket>;
  /** Spends the ticket. @throws {Unauthenticated | DomainError | SecretsUnavailable} */
  byTicket(ticket: string, ip: string): Promise<UserCaller>;
  /** A caller who was admitted before, with what they may do now. @throws {Unauthenticated | DomainError} why they may not call any more */
  asNow(caller: Caller, ip: string): Promise<Caller>;
}
