import type { Readable } from 'node:stream';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { openWaveforms } from '#lib/waveform';
import type { SentMedia } from '../content/media.content.js';

/** Draws how loud voice messages are, as phones show them. */
@Injectable()
export class VoiceWaveforms implements OnApplicationShutdown {
  private readonly waveforms = openWaveforms();

  /** 64 bytes in base64. Null where there is none: of what is no voice message, or cannot be decoded in time. */
  async of({ form }: Pick<SentMedia, 'form'>, open: () => Promise<Readable>): Promise<string | null> {
    if (form !== 'voice') return null;
    const file = await open();
    try {
      const waveform = await this.waveforms.of(file);
      return waveform && Buffer.from(waveform).toString('base64');
    } finally {
      file.destroy();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.waveforms.close();
  }
}
