import { z } from 'zod';
import { proto } from '../../transport/wire.js';

type Fields = Record<string, unknown>;

/** Why the fields are no message; undefined if they are one. */
function problemOf(fields: Fields): string | undefined {
  try {
    const message = toProtobuf(fields);
    const unknown = Object.keys(fields).find((name) => !Object.hasOwn(message, name));
    return unknown === undefined ? undefined : `${unknown} is not a field of a message`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Throws if the fields are no message. */
export const toProtobuf = (fields: Fields): proto.IMessage => proto.Message.fromObject(fields);

/** A protobuf message as JSON. Not transformed here: a schema that transforms loses its examples in OpenAPI. */
export const rawMessage = z
  .record(z.string(), z.unknown())
  .superRefine((fields, context) => {
    const problem = problemOf(fields);
    if (problem !== undefined) context.addIssue(problem);
  })
  .meta({
    description:
      'A message in the JSON form of the protobuf type `Message` of Baileys, sent as it is: bytes are base64 strings, enums names or ' +
      'numbers, and a number may be `"NaN"`.',
  });
