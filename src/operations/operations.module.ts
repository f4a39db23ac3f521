import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { OperatorCommands } from './operator-commands.js';
import { OperatorSocket } from './operator-socket.js';

/** What the operator of the machine may do without an account. */
@Module({})
export class OperationsModule {
  /** `identity` exports `OPERATOR_ACCOUNTS`. */
  static with({ identity }: { readonly identity: Type }): DynamicModule {
    return {
      module: OperationsModule,
      imports: [identity],
      providers: [OperatorCommands, OperatorSocket],
      exports: [OperatorCommands, OperatorSocket],
    };
  }
}
