import { Module } from '@nestjs/common';
import type { Config } from '#config';
import { Parts } from '../platform/health/parts.js';
import { CONFIG } from '../platform/tokens.js';
import type { MediaLimits } from './kind.rules.js';
import { CleanExpiredFilesEffect } from './cleaning/clean-expired-files.effect.js';
import { Cleaner, RETENTION } from './cleaning/cleaner.js';
import { Cleaning } from './cleaning/cleaning.js';
import { ContentRemover } from './cleaning/content-remover.js';
import { Needs } from './cleaning/needs.js';
import { Contents } from './contents.js';
import { EraseFilesEffect } from './erase-files.effect.js';
import { MediaController } from './http/media.controller.js';
import { Uploads } from './http/uploads.js';
import { Library, MEDIA_LIMITS } from './library.js';
import { MEDIA_LIBRARY } from './media-library.contract.js';
import { MEDIA_FILES, openFiles } from './open-files.js';
import { OutboundAtStop } from './open-outbound.js';
import { OUTBOUND } from './outbound.contract.js';
import type { Retention } from './retention.rules.js';

/** The library of media files, and its routes. */
@Module({
  controllers: [MediaController],
  providers: [
    { provide: MEDIA_FILES, inject: [CONFIG, Parts], useFactory: openFiles },
    { provide: MEDIA_LIMITS, inject: [CONFIG], useFactory: (config: Config) => limitsOf(config) },
    { provide: OutboundAtStop, inject: [CONFIG], useFactory: (config: Config) => OutboundAtStop.open(config) },
    { provide: OUTBOUND, inject: [OutboundAtStop], useFactory: ({ outbound }: OutboundAtStop) => outbound },
    { provide: RETENTION, inject: [CONFIG], useFactory: (config: Config) => retentionOf(config) },
    Contents,
    Library,
    Uploads,
    Needs,
    Cleaner,
    ContentRemover,
    Cleaning,
    EraseFilesEffect,
    CleanExpiredFilesEffect,
    { provide: MEDIA_LIBRARY, useExisting: Library },
  ],
  exports: [MEDIA_LIBRARY, OUTBOUND],
})
export class MediaModule {}

const retentionOf = ({ WAYBILL_MEDIA_DAYS: days, WAYBILL_MEDIA_BYTES: maxBytes }: Config): Retention => ({
  maxAgeDays: days === 0 ? null : days,
  maxBytes: maxBytes ?? null,
});

const limitsOf = (config: Config): MediaLimits => ({
  image: config.WAYBILL_MEDIA_MAX_IMAGE,
  video: config.WAYBILL_MEDIA_MAX_VIDEO,
  audio: config.WAYBILL_MEDIA_MAX_AUDIO,
  document: config.WAYBILL_MEDIA_MAX_DOCUMENT,
  sticker: config.WAYBILL_MEDIA_MAX_STICKER,
});
