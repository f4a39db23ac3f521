import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { CallReports } from './call-reports.js';
import { RejectCallEffect } from './reject-call.effect.js';

/** What records calls, and rejects them. */
@Module({})
export class CallsModule {
  /** `sessions` provides what the contracts of sessions name. */
  static with(sessions: Type): DynamicModule {
    return { module: CallsModule, imports: [sessions], providers: [CallReports, RejectCallEffect] };
  }
}
