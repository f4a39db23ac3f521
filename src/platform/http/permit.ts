import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import type { Permission } from './access.contract.js';

export const PERMISSION = 'waybill:permission';
/** The extension of an operation that no limit of requests is for. */
export const UNCOUNTED = 'x-uncounted';

/** How large a route's body may be: 1 MiB and 1,000 keys unless it says otherwise. */
export type BodyLimits = {
  readonly maxBodyBytes?: number;
  readonly maxBodyKeys?: number;
  /** The route reads its body itself, as a stream of any type: see `streamBodies`. */
  readonly streamsBody?: boolean;
};

/**
 * `takesTicket`: a ticket in the query is as good as the API key that it was made with. For callers who can set no header.
 * `isUncounted`: a public route for monitoring: no limit of requests is for it, and every process answers it, whatever its roles.
 */
type Admission = { readonly takesTicket?: boolean; readonly isUncounted?: boolean };

declare module 'fastify' {
  interface FastifyContextConfig extends BodyLimits, Admission {
    readonly permission?: Permission;
  }
}

/** Declares who may use a route. The service does not start if a route lacks it. Not for classes: the server would not know the limits. */
export const Permit = (permission: Permission, limits: BodyLimits & Admission = {}): MethodDecorator =>
  applyDecorators(
    SetMetadata(PERMISSION, permission),
    RouteConfig({ permission, ...limits }),
    ApiExtension('x-permission', permission),
    ...(limits.isUncounted ? [ApiExtension(UNCOUNTED, true)] : []),
  );
