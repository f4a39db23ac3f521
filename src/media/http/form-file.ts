import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { InvalidInput, MalformedRequest } from '../../platform/http/problem.js';

/** The file of a form, while it arrives. */
export type FormFile = {
  readonly bytes: Readable;
  readonly fileName: string;
  readonly mimeType: string;
  /** Resolves when the form is read to its end. Rejects where it is cut or malformed: the file is then no whole one. */
  readonly complete: Promise<void>;
};

const field = 'file';
/** Beside the file, a form needs nothing. */
const limits = { parts: 20, fields: 10, fieldSize: 1024, headerPairs: 20, headerSize: 16 * 1024 };

/** The file in the field `file` of a form. Resolves as soon as it begins. @throws {MalformedRequest | InvalidInput} */
export const formFile = (body: Readable, contentType: string): Promise<FormFile> =>
  new Promise((resolve, reject) => {
    const form = formOf(contentType);
    let file: Readable | undefined;
    let fail: (error: Error) => void = () => undefined;
    const complete = new Promise<void>((completed, failed) => {
      form.once('finish', completed);
      fail = (error) => {
        body.unpipe(form);
        file?.destroy(error);
        failed(error);
        reject(error);
      };
    });
    complete.catch(() => undefined); // whoever reads the file is told by the file itself

    form.on('file', (name, bytes, fileName, _encoding, mimeType) => {
      bytes.on('error', () => undefined); // read by nobody any more
      if (name !== field || file) return void bytes.resume();
      file = bytes;
      return resolve({ bytes, fileName, mimeType, complete });
    });
    form.once('finish', () => reject(new InvalidInput([{ path: field, message: 'The form has no such file' }])));
    form.once('error', () => fail(new MalformedRequest('The form is malformed, or was cut off')));
    body.once('error', (error) => fail(error));
    body.once('close', () => {
      if (!body.readableEnded) fail(new MalformedRequest('The request was cut off'));
    });
    body.pipe(form);
  });

const formOf = (contentType: string) => {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits });
  } catch {
    throw new MalformedRequest('The form has no boundary: its Content-Type must be multipart/form-data with one');
  }
};
