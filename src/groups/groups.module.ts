import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { GroupReports } from './group-reports.js';
import { GroupsService } from './groups.service.js';
import { GroupJoiningController } from './http/group-joining.controller.js';
import { GroupsController } from './http/groups.controller.js';
import { MemberChanges } from './member-changes.js';
import { Places } from './places.js';
import { GroupRecorder } from './recorder.js';

/** The routes of groups, and what records them. */
@Module({})
export class GroupsModule {
  /** `sessions` and `media` provide what the contracts of these contexts name. */
  static with({ sessions, media }: { readonly sessions: Type; readonly media: Type }): DynamicModule {
    return {
      module: GroupsModule,
      imports: [sessions, media],
      controllers: [GroupJoiningController, GroupsController],
      providers: [GroupReports, GroupsService, MemberChanges, GroupRecorder, Places],
    };
  }
}
