import { restrictionsAnswer } from '../phone/restrictions.js';
import { child, el } from '../transport/wire.js';
import type { IqHandlers } from './client.js';

const privacySettings: { readonly [category: string]: string } = {
  readreceipts: 'all',
  last: 'all',
  online: 'all',
  profile: 'all',
  status: 'all',
  groupadd: 'all',
  calladd: 'all',
  messages: 'all',
};

const nothing = (): undefined => undefined;

/** Queries with a fixed answer. */
export const settingsHandlers: IqHandlers = {
  abt: () => [
    el('props', { hash: 'sandbox', refresh: '86400' }, [
      el('prop', { config_code: '10518', config_value: '1' }),
      el('prop', { config_code: '9666', config_value: '1' }),
      el('prop', { config_code: '14303', config_value: '0' }),
    ]),
  ],
  privacy: (iq) => {
    if (iq.attrs.type === 'set' || !child(iq, 'privacy')) return undefined;
    return [
      el(
        'privacy',
        {},
        Object.entries(privacySettings).map(([name, value]) => el('category', { name, value })),
      ),
    ];
  },
  'w:mex': (_iq, { account }) => [el('result', {}, restrictionsAnswer(account.phone.settings))],
  'w:p': nothing,
  'w:stats': nothing,
  'urn:xmpp:whatsapp:dirty': nothing,
  disappearing_mode: nothing,
};
