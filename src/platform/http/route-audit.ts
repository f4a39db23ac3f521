import { Injectable, RequestMethod, type OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { PERMISSION } from './permit.js';

type Handler = (...args: readonly unknown[]) => unknown;

/** Fails the start if a route declares no permission. */
@Injectable()
export class RouteAudit implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const forgotten = this.discovery.getControllers().flatMap(({ metatype, instance }) => {
      if (!metatype) return [];
      const prototype = Object.getPrototypeOf(instance) as Readonly<Record<string, Handler>>;
      return this.scanner
        .getAllMethodNames(prototype)
        .filter((name) => this.isForgotten(prototype[name], metatype))
        .map((name) => `${metatype.name}.${name} (${routeOf(prototype[name])})`);
    });
    if (forgotten.length > 0) throw new Error(`No permission is declared on ${forgotten.join(', ')}`);
  }

  private isForgotten(handler: Handler | undefined, controller: object): boolean {
    if (!handler || Reflect.getMetadata(PATH_METADATA, handler) === undefined) return false;
    return this.reflector.getAllAndOverride(PERMISSION, [handler, controller as Handler]) === undefined;
  }
}

const routeOf = (handler: Handler | undefined): string =>
  handler === undefined
    ? ''
    : `${RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod]} ${String(Reflect.getMetadata(PATH_METADATA, handler))}`;
