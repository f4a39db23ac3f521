import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiResponse } from '@nestjs/swagger';

const form = 'multipart/form-data';
const anyType = '*/*';

/** The body of an upload: the file in a form, or by itself. */
export const FileBody = (): MethodDecorator =>
  applyDecorators(
    ApiConsumes(form),
    ApiBody({
      schema: {
        type: 'object',
        required: ['file'],
        properties: { file: { type: 'string', format: 'binary', description: 'The file, with its name.' } },
      },
    }),
  );

const contentHeaders = {
  'Content-Disposition': { description: "The file's name, and whether it may be shown.", schema: { type: 'string' } },
  'Content-Range': { description: 'Which bytes of how many, where a range was asked for.', schema: { type: 'string' } },
} as const;

/** The answer is a file's content, or a range of it. */
export const AnswersContent = (): MethodDecorator => {
  const content = { [anyType]: { schema: { type: 'string', format: 'binary' } } } as const;
  return applyDecorators(
    ApiHeader({ name: 'Range', required: false, description: 'A range of bytes: `bytes=0-1023`.' }),
    ApiResponse({ status: 200, description: 'The content', content, headers: contentHeaders }),
    ApiResponse({ status: 206, description: 'The range of the content', content, headers: contentHeaders }),
  );
};
