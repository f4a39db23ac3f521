import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { Permission } from './access.contract.js';

export const PERMISSION = 'waybill:permission';

/** Says who may use a route. Every route says it: one that does not keeps the service from starting. */
export const Permit = (permission: Permission): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(PERMISSION, permission), ApiExtension('x-permission', permission));
