import { Controller, Get, Header, Headers, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, OtherMediaTypes, Refuses } from '../../platform/openapi/answers.js';
import { SessionService } from '../session.service.js';
import { PairingOffers, type CodeOffer, type QrOffer } from '../whatsapp/pairing-offers.js';
import { drawQr, preferredQrType } from './qr-formats.js';
import { refusals } from './refusals.js';
import { PairingCode, Qr } from './sessions.schemas.js';

/** What links a session to a phone. It needs the permission to write, since it is all that is needed to link the session. */
@ApiTags('Sessions')
@Controller('v1/sessions/:id')
export class PairingController {
  constructor(
    private readonly sessions: SessionService,
    private readonly offers: PairingOffers,
  ) {}

  @Get('qr')
  @Permit('sessions:write')
  @Header('cache-control', 'no-store')
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'Get the QR to scan: as JSON, PNG, SVG or for a terminal, by `Accept`' })
  @Answers(
    200,
    'The QR, until the next one replaces it. JSON, unless `Accept` asks for `image/png`, `image/svg+xml` or `text/plain`',
    Qr,
  )
  @OtherMediaTypes('image/png', 'image/svg+xml', 'text/plain')
  @Refuses(refusals.sessionNotFound, refusals.noQr)
  async qr(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: z.output<typeof ById>,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<QrOffer | Buffer | string> {
    const offer = await this.offers.qr(await this.sessions.find(context, id, userId));
    const type = preferredQrType(accept);
    void reply.type(type === 'text/plain' ? `${type}; charset=utf-8` : type);
    return drawQr(offer, type);
  }

  @Get('pairing-code')
  @Permit('sessions:write')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Get the code to type into the phone' })
  @Answers(200, 'The code', PairingCode)
  @Refuses(refusals.sessionNotFound, refusals.noPairingCode)
  async pairingCode(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: z.output<typeof ById>,
  ): Promise<CodeOffer> {
    return this.offers.code(await this.sessions.find(context, id, userId));
  }
}
