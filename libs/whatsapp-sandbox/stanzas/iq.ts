import { serviceJid } from '../network/address.js';
import { children, el, type BinaryNode } from '../transport/wire.js';
import { appStateHandlers } from './app-state.js';
import { backlogHandlers } from './backlog.js';
import { blockHandlers } from './blocks.js';
import { IqError, type Client, type IqAnswer, type IqHandler } from './client.js';
import { groupHandlers } from './groups.js';
import { logoutHandlers } from './logout.js';
import { mediaHandlers } from './media.js';
import { prekeyHandlers } from './prekeys.js';
import { profileHandlers } from './profile.js';
import { settingsHandlers } from './settings.js';
import { usyncHandlers } from './usync.js';

/** All supported namespaces. */
const handlers = new Map(
  Object.entries<IqHandler>({
    ...appStateHandlers,
    ...backlogHandlers,
    ...blockHandlers,
    ...groupHandlers,
    ...logoutHandlers,
    ...mediaHandlers,
    ...prekeyHandlers,
    ...profileHandlers,
    ...settingsHandlers,
    ...usyncHandlers,
  }),
);

/** Answers a query. Unknown namespaces get an empty result, so that the client does not wait for a timeout. */
export function handleIq(iq: BinaryNode, client: Client): void {
  const { id, type, xmlns = '' } = iq.attrs;
  if (type === 'result' || type === 'error') return;
  const handler = handlers.get(xmlns);
  const { log } = client.network.parts;
  if (!handler)
    log.info({ xmlns, type, content: children(iq).map(({ tag }) => tag) }, 'query with an unknown namespace');
  const succeed = (answer: IqAnswer): void => client.send(el('iq', { from: serviceJid, type: 'result', id }, answer));
  const fail = (error: unknown): void => {
    if (!(error instanceof IqError)) log.error({ err: error, xmlns }, 'query failed');
    const { code, message } = error instanceof IqError ? error : { code: 500, message: 'internal-server-error' };
    client.send(
      el('iq', { from: serviceJid, type: 'error', id }, [el('error', { code: String(code), text: message })]),
    );
  };
  try {
    const answer = handler?.(iq, client);
    if (answer instanceof Promise) answer.then(succeed, fail);
    else succeed(answer);
  } catch (error) {
    fail(error);
  }
}
