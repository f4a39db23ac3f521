import { SandboxError } from '../errors.js';
import type { SandboxAccount } from '../network/account.js';
import { child, el, nodeBytes, nodeText, type BinaryNode } from '../transport/wire.js';
import { IqError, type Client, type IqAnswer, type IqHandlers } from './client.js';

/** WhatsApp's bound, in characters. */
const maxAboutLength = 139;

/** What accounts show of themselves: pictures, and the text about themselves. */
export const profileHandlers: IqHandlers = {
  status: (iq, { account, network }) => {
    if (iq.attrs.type !== 'set') return undefined;
    const about = nodeText(child(iq, 'status'));
    if ([...about].length > maxAboutLength) throw new IqError(406, 'not-acceptable');
    account.about = about;
    network.parts.changed();
    return undefined;
  },
  'w:profile:picture': (iq, client) => (iq.attrs.type === 'set' ? setPicture(iq, client) : getPicture(iq, client)),
};

function getPicture(iq: BinaryNode, { account, network }: Client): IqAnswer {
  const { target } = iq.attrs;
  const { picture }: Pick<SandboxAccount, 'picture'> =
    (target === undefined ? account : network.directory.byJid(target)) ?? noPicture;
  if (!picture) throw new IqError(404, 'item-not-found');
  const type = child(iq, 'picture')?.attrs.type;
  return [el('picture', { id: picture.id, type, url: picture.url, direct_path: picture.directPath })];
}

const noPicture = { picture: undefined };

async function setPicture(iq: BinaryNode, { account }: Client): Promise<IqAnswer> {
  if (iq.attrs.target !== undefined) throw new IqError(501, 'feature-not-implemented');
  const bytes = child(iq, 'picture');
  try {
    const picture = await account.phone.profile.setPicture(bytes && nodeBytes(bytes));
    return picture && [el('picture', { id: picture.id })];
  } catch (error) {
    throw error instanceof SandboxError ? new IqError(406, 'not-acceptable') : error;
  }
}
