import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import passport from 'passport';
import { strategies } from '../../platform/http/access.js';
import { LastingCallers } from './lasting-callers.js';

/** Authenticates a user by the ticket in the query, and spends it. */
@Injectable()
export class TicketStrategy {
  constructor(callers: LastingCallers) {
    passport.use(strategies.tickets, {
      authenticate(request) {
        const { query, ip } = request as unknown as FastifyRequest;
        const { ticket } = query as { readonly ticket?: unknown };
        callers.byTicket(String(ticket), ip).then(
          (caller) => this.success(caller),
          (error: unknown) => this.error(error),
        );
      },
    });
  }
}
