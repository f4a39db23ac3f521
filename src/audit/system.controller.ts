import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Config } from '#config';
import { healthOf, Parts } from '../platform/health/parts.js';
import { Permit } from '../platform/http/permit.js';
import { Answers } from '../platform/openapi/answers.js';
import { presentRestoration } from '../platform/restoration/present.js';
import { Restoration } from '../platform/restoration/restoration.js';
import { RequestLog } from '../platform/request-log/request-log.js';
import { CONFIG } from '../platform/tokens.js';
import { version } from '../platform/version.js';
import { WHATSAPP_STATE, type WhatsAppState } from '../sessions/whatsapp-state.contract.js';
import { SystemState } from './system.schemas.js';

/** The parts that the service stands on. */
@ApiTags('Record')
@Controller('v1/admin/system')
export class SystemController {
  private readonly startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(WHATSAPP_STATE) private readonly whatsapp: WhatsAppState,
    private readonly parts: Parts,
    private readonly restoration: Restoration,
    private readonly requestLog: RequestLog,
  ) {}

  @Get()
  @Permit('admin:read')
  @ApiOperation({ summary: 'How the service and each of its stores do' })
  @Answers(200, 'Each part, also those that are down', SystemState)
  async state(): Promise<z.input<typeof SystemState>> {
    let linked: number | null = null;
    let connected: number | null = null;
    const credentials = await healthOf(async () => {
      connected = await this.whatsapp.connected();
      linked = await this.whatsapp.linked();
    });
    const all = await this.parts.all();
    const engine = all.find(({ name }) => name === 'vault')?.engine ?? null;
    return {
      version,
      node: process.version,
      startedAt: this.startedAt,
      parts: [...all, this.parts.part('credentials', engine, credentials)].map(({ detail, ...part }) => ({
        ...part,
        detail: detail ?? null,
      })),
      whatsapp: { mode: this.whatsapp.mode, connected, linked },
      restored: presentRestoration(this.restoration.state),
      requestLog: this.requestLog.state(),
      dataDirectory: { bytes: await bytesIn(this.config.WAYBILL_DATA_DIR) },
    };
  }
}

/** Files come and go meanwhile. */
const bytesIn = async (directory: string): Promise<number> => {
  let bytes = 0;
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => []))
    if (entry.isFile())
      bytes += await stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      );
  return bytes;
};
