import { z } from 'zod';
import { proto } from '../../transport/wire.js';

/** A protobuf message as JSON: bytes are base64 strings, enums names or numbers, and `"NaN"` is accepted for numbers. */
export const rawMessage = z
  .record(z.string(), z.unknown())
  .transform((fields, context) => {
    try {
      const message = proto.Message.fromObject(fields);
      const unknown = Object.keys(fields).find((name) => !Object.hasOwn(message, name));
      if (unknown === undefined) return message;
      context.addIssue(`${unknown} is not a field of a message`);
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : String(error));
    }
    return z.NEVER;
  })
  .meta({
    description:
      'A message in the JSON form of the protobuf type `Message` of Baileys, sent as it is: bytes are base64 strings, enums names or ' +
      'numbers, and a number may be `"NaN"`.',
  });
