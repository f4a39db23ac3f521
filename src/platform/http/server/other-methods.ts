import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { MethodNotAllowed } from '../problem.js';

const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;

/** Answers 405 with `Allow` where a path is known and the method is not. */
@Injectable()
export class OtherMethods implements OnApplicationBootstrap {
  private readonly server: FastifyInstance;
  private readonly paths = new Map<string, { readonly url: string; readonly allowed: Set<string> }>();

  constructor({ httpAdapter }: HttpAdapterHost) {
    this.server = httpAdapter.getInstance<FastifyInstance>();
    this.server.addHook('onRoute', (route) => this.note(route));
  }

  /** All routes are there now. */
  onApplicationBootstrap(): void {
    for (const { url, allowed } of this.paths.values()) {
      const method = methods.filter((one) => !allowed.has(one));
      const refuse = refusal([...allowed].sort().join(', '));
      if (method.length > 0) {
        this.server.route({ method, url, exposeHeadRoute: false, onRequest: refuse, handler: refuse });
      }
    }
  }

  private note({ method, url }: RouteOptions): void {
    const shape = url.replaceAll(/:[^/]+/g, ':'); // a parameter may have another name in another route
    const path = this.paths.get(shape) ?? { url, allowed: new Set() };
    this.paths.set(shape, path);
    for (const one of [method].flat()) path.allowed.add(one);
  }
}

const refusal = (allow: string) => async (): Promise<never> => {
  throw new MethodNotAllowed(allow);
};
