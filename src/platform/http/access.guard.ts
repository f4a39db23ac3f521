import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '#lib/event-sourcing';
import type { Permission } from './access.contract.js';
import { Access } from './access.js';
import { PERMISSION } from './permit.js';

/** The second line behind `Access`: no route is reached whose permission was not checked. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly access: Access,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(PERMISSION, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (permission === undefined) throw new DomainError('forbidden', 'forbidden', 'Nobody may call this route');
    const http = context.switchToHttp();
    await this.access.admit(permission, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
    return true;
  }
}
