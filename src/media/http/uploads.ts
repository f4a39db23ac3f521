import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { parse as parseDisposition } from 'content-disposition';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '#lib/event-sourcing';
import { MalformedRequest } from '../../platform/http/problem.js';
import { MEDIA_LIBRARY, type MediaLibrary, type StagedMedia } from '../media-library.contract.js';
import { formFile } from './form-file.js';

/** Reads what is uploaded: the file of a form, or a body that is the file. */
@Injectable()
export class Uploads {
  constructor(@Inject(MEDIA_LIBRARY) private readonly library: MediaLibrary) {}

  /** @throws {DomainError} `media_too_large` (413), `media_type_refused` @throws {MalformedRequest | InvalidInput} */
  async stage(request: FastifyRequest): Promise<StagedMedia> {
    const body = request.body as Readable | undefined;
    if (!body)
      throw new MalformedRequest('There is no file: send a form with the field `file`, or the bytes themselves');
    try {
      const { bodyType = '' } = request;
      if (/^multipart\/form-data\b/i.test(bodyType)) return await this.stageForm(body, bodyType);
      const fileName = nameIn(request.headers['content-disposition']);
      // The connection stays open for the answer, however much was read.
      const bytes = body.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
      return await this.library.stage({ bytes }, { source: 'upload', mimeType: bodyType, fileName });
    } catch (error) {
      body.resume(); // a caller who is still sending would not read the answer
      if (error instanceof DomainError && error.code === 'media_too_large') {
        throw new DomainError('too_large', error.code, error.message);
      }
      if (body.destroyed && !body.readableEnded) throw new MalformedRequest('The request was cut off');
      throw error;
    }
  }

  private async stageForm(body: Readable, contentType: string): Promise<StagedMedia> {
    const { bytes, complete, ...named } = await formFile(body, contentType);
    const staged = await this.library.stage({ bytes }, { source: 'upload', ...named });
    try {
      await complete;
      return staged;
    } catch (error) {
      await this.library.discard(staged);
      throw error;
    }
  }
}

/** The name in a header `Content-Disposition`; undefined where there is none, or it cannot be read. */
const nameIn = (disposition: string | undefined): string | undefined =>
  disposition === undefined ? undefined : parseDisposition(disposition).parameters['filename'];
