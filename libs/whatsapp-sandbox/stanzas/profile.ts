import { SandboxError } from '../errors.js';
import type { Picture } from '../network/account.js';
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
  const picture = target === undefined ? account.picture : pictureOf(target, account.number, network);
  if (!picture) throw new IqError(404, 'item-not-found');
  const type = child(iq, 'picture')?.attrs.type;
  return [el('picture', { id: picture.id, type, url: picture.url, direct_path: picture.directPath })];
}

/** That of a group is shown to its members. */
function pictureOf(jid: string, asker: string, { groups, directory }: Client['network']): Picture | undefined {
  const group = groups.get(jid);
  if (group) return group.has(asker) ? group.picture : undefined;
  return directory.byJid(jid)?.picture;
}

async function setPicture(iq: BinaryNode, { account, network }: Client): Promise<IqAnswer> {
  const { target } = iq.attrs;
  const bytes = child(iq, 'picture');
  const { profile } = account.phone;
  try {
    if (target === undefined) return idOf(await profile.setPicture(bytes && nodeBytes(bytes)));
    const picture = bytes && (await profile.publish(nodeBytes(bytes)));
    network.groups.show(account.number, target, picture);
    return idOf(picture);
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    throw error.code === 'not_allowed' ? new IqError(403, 'forbidden') : new IqError(406, 'not-acceptable');
  }
}

const idOf = (picture: Picture | undefined): IqAnswer => picture && [el('picture', { id: picture.id })];
