import { Body, Controller, HttpCode, Ip, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentAdmin, type AdminCaller } from '../../platform/http/caller.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { accessSeconds } from '../auth/access-token.js';
import { AdminLogin, type LoggedIn } from '../auth/admin-login.js';
import { Credentials, Login, Renewal } from './admins.schemas.js';
import { refusals } from './refusals.js';

const maxBodyBytes = 4096;

type LoginAnswer = z.output<typeof Login>;

@ApiTags('Logging in')
@Controller('v1/admin/auth')
export class AuthController {
  constructor(private readonly login: AdminLogin) {}

  @Post('login')
  @HttpCode(200)
  @Permit('public', { maxBodyBytes })
  @ApiOperation({ summary: 'Log in' })
  @Answers(200, 'A pair of tokens', Login)
  @Refuses(refusals.wrongPassword, refusals.lockedOut, refusals.tooManyLogins)
  async logIn(
    @Context() context: CommandContext,
    @Body({ schema: Credentials }) body: z.output<typeof Credentials>,
    @Ip() ip: string,
  ): Promise<LoginAnswer> {
    return answer(await this.login.logIn(context, { ...body, ip }));
  }

  @Post('refresh')
  @HttpCode(200)
  @Permit('public', { maxBodyBytes })
  @ApiOperation({ summary: 'Get a new pair of tokens' })
  @Answers(200, 'A new pair; the old refresh token is spent', Login)
  @Refuses(refusals.loginOver)
  async refresh(
    @Context() context: CommandContext,
    @Body({ schema: Renewal }) body: z.output<typeof Renewal>,
  ): Promise<LoginAnswer> {
    return answer(await this.login.renew(context, body.refreshToken));
  }

  @Post('logout')
  @HttpCode(204)
  @Permit('admin:self')
  @ApiOperation({ summary: 'Log out: both tokens are revoked at once' })
  @Answers(204, 'Logged out')
  async logOut(@Context() context: CommandContext, @CurrentAdmin() admin: AdminCaller): Promise<void> {
    await this.login.logOut(context, admin);
  }
}

const answer = (loggedIn: LoggedIn): LoginAnswer => ({ ...loggedIn, tokenType: 'Bearer', expiresIn: accessSeconds });
