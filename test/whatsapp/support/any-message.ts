import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { proto } from '@whiskeysockets/baileys';
import * as fc from 'fast-check';
import protobuf from 'protobufjs';

const baileys = createRequire(import.meta.url).resolve('@whiskeysockets/baileys/WAProto/WAProto.proto');
const root = protobuf.parse(readFileSync(baileys, 'utf8'), { keepCase: true }).root.resolveAll();
const messageType = root.lookupType('Message');

const maxDepth = 5;
const longestText = 'x'.repeat(70_000);

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    longestText,
    '\u0000',
    '\u{1f600}',
    '{"id":7}',
    '{"id":"q1"}',
    '123@lid',
    '491701111111@s.whatsapp.net',
  ),
);
const integers = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 2, 5, 14, 2 ** 31 - 1, -(2 ** 31)));
const doubles = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0, 52.5, 181));
const bytes = fc.uint8Array({ maxLength: 100 });

const scalars: { readonly [type: string]: fc.Arbitrary<unknown> } = {
  string: texts,
  bytes,
  bool: fc.boolean(),
  double: doubles,
  float: doubles,
};

const valueOf = (field: protobuf.Field, depth: number): fc.Arbitrary<unknown> => {
  const { resolvedType, type, repeated } = field;
  const one: fc.Arbitrary<unknown> =
    resolvedType instanceof protobuf.Type
      ? partsOf(resolvedType, depth - 1)
      : resolvedType
        ? fc.oneof(fc.constantFrom(...Object.values(resolvedType.values)), integers)
        : (scalars[type] ?? integers);
  return repeated ? fc.array(one, { maxLength: 3 }) : one;
};

/** A message of that type with some of its fields. */
const partsOf = (type: protobuf.Type, depth: number): fc.Arbitrary<object> => {
  const fields = type.fieldsArray.filter(({ resolvedType }) => depth > 0 || !(resolvedType instanceof protobuf.Type));
  return fc
    .subarray(fields, { maxLength: Math.min(4, fields.length) })
    .chain((some) => fc.record(Object.fromEntries(some.map((field) => [field.name, valueOf(field, depth)]))));
};

/** As it is received: what was encoded is decoded. */
const received = (message: object): proto.Message =>
  proto.Message.decode(proto.Message.encode(proto.Message.fromObject(message)).finish());

/** The parts that a message can have. */
export const messageParts: readonly string[] = messageType.fieldsArray.map(({ name }) => name);

/** Any message that WhatsApp's own format allows and that has this part. */
export const anyMessageWith = (part: string): fc.Arbitrary<proto.Message> => {
  const field = messageType.fields[part]!;
  return fc
    .tuple(valueOf(field, maxDepth), partsOf(messageType, 2))
    .map(([value, others]) => received({ ...others, [part]: value }));
};
