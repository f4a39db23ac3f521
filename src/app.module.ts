import { Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Config } from '#config';
import { identity } from './identity/identity.context.js';
import { PlatformModule } from './platform/platform.module.js';
import type { Stores } from './platform/stores.js';

/** The whole service: the platform and the contexts that stand on it. */
@Module({})
export class AppModule {
  static with(config: Config, logger: Logger, stores: Stores): DynamicModule {
    const contexts = [identity];
    return { module: AppModule, imports: [PlatformModule.with({ config, logger, stores, contexts })] };
  }
}
