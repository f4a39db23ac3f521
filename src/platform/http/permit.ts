import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { Permission } from './access.contract.js';

export const PERMISSION = 'waybill:permission';

/** Declares who may use a route. The service does not start if a route lacks it. */
export const Permit = (permission: Permission): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(PERMISSION, permission), ApiExtension('x-permission', permission));
