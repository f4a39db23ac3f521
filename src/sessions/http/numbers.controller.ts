import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { NumberCheck } from '#lib/whatsapp';
import type { CheckNumbers, FindNumber } from '../../messaging/address.contract.js';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import type { OnlySession, SessionView } from '../session-view.contract.js';
import { SessionService } from '../session.service.js';
import { MESSENGER, type Messenger } from '../whatsapp.contract.js';
import { checkedNumbers, numbersToAsk, readAsked, withNumber, type Asked } from './number-check.rules.js';
import { refusalOfQuestion } from '../../platform/http/session-refusals.js';
import { refusals } from './refusals.js';
import { CheckedNumbers, NumbersToCheck } from './numbers.schemas.js';

@ApiTags('Numbers')
@Controller('v1/numbers')
export class NumbersController {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    private readonly sessions: SessionService,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('check')
  @HttpCode(200)
  @Permit('sessions:read')
  @ApiOperation({ summary: 'Check which numbers are on WhatsApp' })
  @Answers(200, 'What WhatsApp says about each number', CheckedNumbers)
  @Refuses(
    refusals.sessionNotFound,
    refusals.sessionRequired,
    refusals.notConnected,
    refusals.slowedDown,
    refusals.noAnswer,
  )
  async check(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Body({ schema: NumbersToCheck }) { sessionId, numbers }: z.output<typeof NumbersToCheck>,
  ): Promise<z.output<typeof CheckedNumbers>> {
    const session =
      sessionId === undefined
        ? await this.queries.execute<OnlySession>({ type: 'OnlySession', data: { userId } }, context)
        : await this.sessions.find(context, sessionId, userId);
    try {
      const asked = await Promise.all(numbers.map((text) => this.read(text, session, context)));
      return checkedNumbers(asked, await this.answersFor(numbersToAsk(asked), session, context));
    } catch (error) {
      throw refusalOfQuestion(error);
    }
  }

  private async read(text: string, { id: sessionId, userId }: SessionView, context: CommandContext): Promise<Asked> {
    const asked = readAsked(text);
    if (asked.lid === undefined) return asked;
    const query: FindNumber = { type: 'FindNumber', data: { userId, sessionId, lid: asked.lid } };
    return withNumber(asked, (await this.queries.execute<FindNumber>(query, context))?.phoneNumber);
  }

  /** @throws {NotConnected | QueryFailed} also where the session has no account yet */
  private answersFor(
    phoneNumbers: readonly string[],
    { id: sessionId, userId, linked, phoneNumber: account }: SessionView,
    context: CommandContext,
  ): Promise<readonly NumberCheck[]> {
    if (!linked || account === null) return this.messenger.checkNumbers(sessionId, phoneNumbers);
    const command: CheckNumbers = { type: 'CheckNumbers', data: { userId, sessionId, account, phoneNumbers } };
    return this.commands.execute<CheckNumbers>(command, context);
  }
}
