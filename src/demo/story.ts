import { client, until, type Body } from './client.js';

/** What the story needs. */
export type Stage = {
  readonly url: string;
  readonly phones: string;
  readonly admin: { readonly email: string; readonly password: string };
  /** Prints the title of a step. */
  readonly step: (text: string) => void;
  /** Prints its result. */
  readonly show: (text: string) => void;
};

const shopPhone = '+491701000001';
const customer = '+491702000002';
/** A picture of four pixels. */
const dot =
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAEUlEQVQImWMQqQgQqQhggFAAFy4DcbBbXigAAAAASUVORK5CYII=';

/** From the first login to the record of an answered message, over HTTP alone. @throws {Error} a step does not work. */
export const tell = async ({ url, phones, admin, step, show }: Stage): Promise<void> => {
  const open = client(url);
  const sandbox = client(phones);
  await until(
    () => open('GET /health/ready'),
    ({ status }) => status === 'ready',
  );

  step('An admin logs in');
  const { accessToken } = await open('POST /v1/admin/auth/login', admin);
  const asAdmin = client(url, { authorization: `Bearer ${String(accessToken)}` });
  show(admin.email);

  step('creates a user and an API key');
  const user = await asAdmin('POST /v1/admin/users', { name: 'Parcel shop', email: 'it@parcels.example' });
  const issued = await asAdmin(`POST /v1/admin/users/${String(user.id)}/api-keys`, { name: 'demo' });
  const asUser = client(url, { 'x-api-key': keyIn(issued) });
  show(`user ${String(user.id)}`);

  step('The user starts a session; a QR appears');
  const session = await asUser('POST /v1/sessions', { name: 'Front desk' });
  const qr = `/v1/sessions/${String(session.id)}/qr`;
  const shown = await until(
    () => asUser(`GET ${qr}`),
    (offer) => typeof offer.qr === 'string',
  );
  show(String((await asUser(`GET ${qr}`, undefined, 'text/plain')).text));

  step('A phone scans it');
  await sandbox('POST /phones', { number: shopPhone, name: 'Parcel shop' });
  await sandbox('POST /phones', { number: customer, name: 'Ana' });
  await sandbox(`POST /phones/${shopPhone}/scan`, { qr: shown.qr });
  const linked = await until(() => asUser(`GET /v1/sessions/${String(session.id)}`), isIn('connected'));
  show(`connected as ${String(linked.phoneNumber)}`);

  step('A message goes out');
  await sandbox(`PATCH /phones/${customer}`, { receipts: 'read' });
  const text = { body: 'Your parcel is here.' };
  const message = await asUser('POST /v1/messages', { to: customer, type: 'text', text });
  const sent = `/v1/messages/${String(message.id)}`;
  show(`${String(message.status)}: ${text.body}`);

  step('is delivered and read');
  const read = await until(() => asUser(`GET ${sent}`), isIn('read'));
  for (const { event, detail } of read.timeline as readonly Body[])
    show(`${String(event).padEnd(10)} ${String(detail)}`);

  step('A picture goes out, too');
  const image = { data: dot, caption: 'It waits behind the counter.' };
  const picture = await asUser('POST /v1/messages', { to: customer, type: 'image', image });
  const seen = await until(() => asUser(`GET /v1/messages/${String(picture.id)}`), isIn('read'));
  const { mimeType, size, caption } = seen.image as Body;
  show(`${String(seen.status)}: ${String(mimeType)}, ${String(size)} bytes, “${String(caption)}”`);

  step('Ana answers');
  await sandbox(`POST /phones/${customer}/messages`, { to: shopPhone, type: 'text', text: 'Thank you!' });
  const inbox = await until(() => asUser('GET /v1/messages?direction=incoming'), hasSome);
  const [answer] = inbox.data as readonly Body[];
  show(`Ana (${customer}): ${String((answer?.text as Body | undefined)?.body)}`);

  step('This is the record of the message');
  const { data } = await asAdmin(`GET /v1/admin/streams/message-${String(message.id)}`);
  for (const { recordedAt, type, metadata } of data as readonly Body[]) {
    const { actor } = metadata as { readonly actor: { readonly kind: string; readonly id: string } };
    show(`${String(recordedAt)}  ${String(type).padEnd(18)} by ${actor.kind} ${actor.id}`);
  }
};

const isIn =
  (status: string) =>
  (body: Body): boolean =>
    body.status === status;

const hasSome = ({ data }: Body): boolean => Array.isArray(data) && data.length > 0;

const keyIn = (issued: Body): string => {
  const key = Object.values(issued).find((value) => typeof value === 'string' && value.startsWith('wb_'));
  if (typeof key !== 'string') throw new Error('The answer has no key in it');
  return key;
};
