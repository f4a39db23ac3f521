import { deserialize, serialize, type Document } from 'bson';

const opReply = 1;
const opQuery = 2004;
const opMessage = 2013;
const headerBytes = 16;
const maxMessageBytes = 48_000_000;
const checksumPresent = 1;
const moreToCome = 2;

/** A request: a command with its database, and whether an answer is wanted. */
export type Request = {
  readonly id: number;
  readonly kind: 'message' | 'query';
  readonly body: Document;
  readonly isAnswered: boolean;
};

/** Takes whole requests out of what has arrived; returns the rest. @throws {Error} a malformed or foreign message. */
export const takeRequests = (bytes: Buffer): { readonly requests: readonly Request[]; readonly rest: Buffer } => {
  const requests: Request[] = [];
  let rest = bytes;
  while (rest.length >= headerBytes) {
    const length = rest.readInt32LE(0);
    if (length < headerBytes || length > maxMessageBytes) throw new Error(`A message of ${length} bytes`);
    if (rest.length < length) break;
    requests.push(requestOf(rest.subarray(0, length)));
    rest = rest.subarray(length);
  }
  return { requests, rest };
};

const requestOf = (message: Buffer): Request => {
  const id = message.readInt32LE(4);
  const code = message.readInt32LE(12);
  if (code === opMessage) return messageOf(id, message);
  if (code === opQuery) return queryOf(id, message);
  throw new Error(`Operation ${code} is not supported`);
};

const messageOf = (id: number, message: Buffer): Request => {
  const flags = message.readUInt32LE(headerBytes);
  const end = message.length - (flags & checksumPresent ? 4 : 0);
  let body: Document | undefined;
  const sequences: [name: string, documents: Document[]][] = [];
  let offset = headerBytes + 4;
  while (offset < end) {
    const section = message.readUInt8(offset);
    offset += 1;
    const size = message.readInt32LE(offset);
    if (section === 0) body = parsed(message.subarray(offset, offset + size));
    else if (section === 1) sequences.push(sequenceOf(message.subarray(offset + 4, offset + size)));
    else throw new Error(`Section ${section} is not supported`);
    offset += size;
  }
  if (!body) throw new Error('A message without a body');
  return {
    id,
    kind: 'message',
    body: { ...body, ...Object.fromEntries(sequences) },
    isAnswered: !(flags & moreToCome),
  };
};

const sequenceOf = (bytes: Buffer): [string, Document[]] => {
  const nameEnd = bytes.indexOf(0);
  const documents: Document[] = [];
  for (let offset = nameEnd + 1; offset < bytes.length;) {
    const size = bytes.readInt32LE(offset);
    documents.push(parsed(bytes.subarray(offset, offset + size)));
    offset += size;
  }
  return [bytes.toString('utf8', 0, nameEnd), documents];
};

/** The first message of some drivers is of the old form: a query of `<database>.$cmd`. */
const queryOf = (id: number, message: Buffer): Request => {
  const nameEnd = message.indexOf(0, headerBytes + 4);
  const [database = ''] = message.toString('utf8', headerBytes + 4, nameEnd).split('.$cmd');
  const body = parsed(message.subarray(nameEnd + 1 + 8));
  return { id, kind: 'query', body: { ...body, $db: database }, isAnswered: true };
};

const parsed = (bytes: Buffer): Document => deserialize(bytes, { promoteBuffers: false });

/** The answer to a request, in the form of the request. */
export const answerFrame = ({ id, kind }: Request, answer: Document): Buffer => {
  const body = serialize(answer, { ignoreUndefined: true });
  const prefix = kind === 'message' ? Buffer.alloc(5) : Buffer.alloc(20);
  if (kind === 'query') {
    prefix.writeInt32LE(8, 0); // "await capable"
    prefix.writeInt32LE(1, 16); // one document
  }
  const header = Buffer.alloc(headerBytes);
  header.writeInt32LE(headerBytes + prefix.length + body.length, 0);
  header.writeInt32LE(id, 8);
  header.writeInt32LE(kind === 'message' ? opMessage : opReply, 12);
  return Buffer.concat([header, prefix, body]);
};
