import { z } from 'zod';

export const problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'Why, in words.' }),
    code: z.string().meta({ description: 'Why, for programs. Stable.' }),
    requestId: z.string(),
    errors: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .readonly()
      .exactOptional()
      .meta({ description: 'What in the request does not fit.' }),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457 (application/problem+json).',
    examples: [
      {
        type: 'urn:whatsapp-sandbox:problem:phone_not_found',
        title: 'Not Found',
        status: 404,
        detail: 'there is no phone with number 491709999999',
        code: 'phone_not_found',
        requestId: 'req-7',
      },
    ],
  });
