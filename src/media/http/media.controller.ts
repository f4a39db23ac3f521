import type { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { DomainError } from '#lib/event-sourcing';
import { FileMissing, type ByteRange } from '#lib/media-files';
import type { FetchReceivedFile } from '../../messaging/received-file.contract.js';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Idempotent, type IdempotentCreation } from '../../platform/http/idempotent-creation.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { RETENTION } from '../cleaning/cleaner.js';
import { MEDIA_LIBRARY, type MediaLibrary } from '../media-library.contract.js';
import type { Media } from '../media.contract.js';
import type { Retention } from '../retention.rules.js';
import { contentHeaders, rangeAsked } from './content-headers.js';
import { AnswersContent, FileBody } from './documented.js';
import { presentMedia, StoredMedia } from './media.schemas.js';
import { refusals } from './refusals.js';
import { Uploads } from './uploads.js';

@ApiTags('Media')
@Controller('v1/media')
export class MediaController {
  constructor(
    @Inject(MEDIA_LIBRARY) private readonly library: MediaLibrary,
    private readonly uploads: Uploads,
    private readonly commands: CommandBus,
    @Inject(RETENTION) private readonly retention: Retention,
  ) {}

  @Post()
  @HttpCode(201)
  @Permit('media:write', { streamsBody: true })
  @ApiOperation({
    summary: 'Upload a file',
    description:
      'A form with the file in the field `file`, or the bytes themselves with their `Content-Type`. It is stored as it arrives. Its type is read from its content; what it is not is refused. It may have as many bytes as a document; how many a picture, say, may have counts when it is sent as one. With an `Idempotency-Key`, the same file has the same content and name.',
  })
  @FileBody()
  @Answers(201, 'Stored', StoredMedia)
  @Refuses(refusals.tooLarge, refusals.typeRefused)
  async upload(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Req() request: FastifyRequest,
    @Idempotent() createOnce: IdempotentCreation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.output<typeof StoredMedia>> {
    const staged = await this.uploads.stage(request);
    try {
      const media = await createOnce<Media>(
        {
          make: (mediaId) => this.library.keep({ mediaId, userId }, staged, context),
          first: (mediaId) => this.library.find(userId, mediaId),
        },
        [staged.sha256, staged.fileName],
      );
      void reply.header('location', `/v1/media/${media.mediaId}`);
      return presentMedia(media, this.retention);
    } finally {
      await this.library.discard(staged);
    }
  }

  @Get(':id')
  @Permit('media:read')
  @ApiOperation({
    summary: 'Get the content of a file, or a range of it',
    description:
      'One that somebody sent and that is still `pending` is fetched from WhatsApp first. Where it cannot be had, the answer says why, and whether asking again may help.',
  })
  @AnswersContent()
  @Refuses(refusals.notFound, refusals.cleaned, refusals.outOfRange, refusals.unavailable)
  async content(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: mediaId }: z.output<typeof ById>,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable> {
    const media = (await this.library.find(userId, mediaId)) ?? (await this.fetched(userId, mediaId, context));
    if (media.cleanedAt !== null) throw new DomainError('gone', refusals.cleaned.code, refusals.cleaned.detail);
    const range = rangeAsked(media, headers as Parameters<typeof rangeAsked>[1]);
    if (range === 'unsatisfiable') {
      void reply.header('content-range', `bytes */${media.size}`);
      throw new DomainError('out_of_range', refusals.outOfRange.code, `The file has ${media.size} bytes`);
    }
    const bytes = await this.open(media, range);
    const { first, last } = range ?? { first: 0, last: media.size - 1 };
    void reply.headers({ ...contentHeaders(media), 'content-length': String(last - first + 1) });
    if (range) void reply.status(206).header('content-range', `bytes ${first}-${last}/${media.size}`);
    return bytes;
  }

  /** A file that somebody sent, which was not fetched until now. */
  private async fetched(userId: string, mediaId: string, context: CommandContext): Promise<Media> {
    await this.commands.execute<FetchReceivedFile>({ type: 'FetchReceivedFile', data: { mediaId, userId } }, context);
    const media = await this.library.find(userId, mediaId);
    if (!media) throw new Error(`The file ${mediaId} is not where it was stored`);
    return media;
  }

  private async open(media: Media, range: ByteRange | undefined): Promise<Readable> {
    try {
      return await this.library.open(media, range);
    } catch (error) {
      if (!(error instanceof FileMissing)) throw error;
      throw new DomainError('unavailable', refusals.unavailable.code, refusals.unavailable.detail);
    }
  }
}
