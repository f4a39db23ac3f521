import { z } from 'zod';

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'Explanation for people.' }),
    code: z.string().meta({ description: 'Stable code for programs.' }),
    requestId: z.string(),
    errors: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .readonly()
      .exactOptional()
      .meta({ description: 'Fields of the request that are invalid.' }),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457 (application/problem+json).',
    examples: [
      {
        type: 'urn:whatsapp-sandbox:problemSchema:phone_not_found',
        title: 'Not Found',
        status: 404,
        detail: 'no phone has the number 491709999999',
        code: 'phone_not_found',
        requestId: 'req-7',
      },
    ],
  });
