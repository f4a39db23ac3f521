import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { BlockReports } from './block-reports.js';
import { BlocksService } from './blocks.service.js';
import { BlocksController } from './http/blocks.controller.js';
import { ProfileController } from './http/profile.controller.js';
import { ProfileService } from './profile.service.js';

/** What is done to the accounts that sessions are linked to. */
@Module({})
export class AccountModule {
  /** `sessions` and `media` provide what the contracts of these contexts name. */
  static with({ sessions, media }: { readonly sessions: Type; readonly media: Type }): DynamicModule {
    return {
      module: AccountModule,
      imports: [sessions, media],
      controllers: [ProfileController, BlocksController],
      providers: [ProfileService, BlocksService, BlockReports],
    };
  }
}
