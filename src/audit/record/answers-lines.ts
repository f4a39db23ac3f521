import { ApiResponse } from '@nestjs/swagger';

/** Documents that a route answers with lines of JSON. */
export const AnswersLines = (): MethodDecorator =>
  ApiResponse({
    status: 200,
    description: 'Lines of JSON, each as in `GET /v1/admin/events`',
    content: { 'application/x-ndjson': { schema: { type: 'string' } } },
  });
