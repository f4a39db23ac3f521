import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { NumberCheck } from '#lib/whatsapp';
import { namedBy, type FindNumber, type LearnPeople } from '../../messaging/address.contract.js';
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
import { refusalOfQuestion } from '../refusals.contract.js';
import { refusals } from './refusals.js';
import { CheckedNumbers, NumbersToCheck } from './sessions.schemas.js';

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
      const answers = await this.messenger.checkNumbers(session.id, numbersToAsk(asked));
      await this.learn(answers, session, context);
      return checkedNumbers(asked, answers);
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

  /** What WhatsApp reveals of people holds for messages, too. */
  private async learn(
    answers: readonly NumberCheck[],
    { id: sessionId, userId, phoneNumber: account }: SessionView,
    context: CommandContext,
  ): Promise<void> {
    const people = answers.flatMap((answer) => namedBy(answer) ?? []);
    if (account === null || people.length === 0) return;
    await this.commands.execute<LearnPeople>(
      { type: 'LearnPeople', data: { userId, sessionId, account, people } },
      context,
    );
  }
}
