import { child, el } from '../transport/wire.js';
import type { IqHandlers } from './client.js';

const PRIVACY: { readonly [category: string]: string } = {
  readreceipts: 'all',
  last: 'all',
  online: 'all',
  profile: 'all',
  status: 'all',
  groupadd: 'all',
  calladd: 'all',
  messages: 'all',
};

/** What graph queries are answered with: an account without restrictions. */
const GRAPH = Buffer.from(
  JSON.stringify({
    data: {
      xwa2_fetch_account_reachout_timelock: {
        is_active: false,
        time_enforcement_ends: '0',
        enforcement_type: 'DEFAULT',
      },
      xwa2_message_capping_info: { total_quota: -1, used_quota: 0, capping_status: 'NONE' },
    },
  }),
);

const nothing = (): undefined => undefined;

/** Questions about the account that have one fixed answer here. */
export const settingsHandlers: IqHandlers = {
  abt: () => [
    el('props', { hash: 'sandbox', refresh: '86400' }, [
      el('prop', { config_code: '10518', config_value: '1' }),
      el('prop', { config_code: '9666', config_value: '1' }),
      el('prop', { config_code: '14303', config_value: '0' }),
    ]),
  ],
  blocklist: (iq) => (iq.attrs.type === 'get' ? [el('list', {}, [])] : undefined),
  privacy: (iq) => {
    if (iq.attrs.type === 'set' || !child(iq, 'privacy')) return undefined;
    return [
      el(
        'privacy',
        {},
        Object.entries(PRIVACY).map(([name, value]) => el('category', { name, value })),
      ),
    ];
  },
  'w:mex': () => [el('result', {}, GRAPH)],
  'w:p': nothing,
  'w:stats': nothing,
  'w:profile:picture': nothing,
  'urn:xmpp:whatsapp:dirty': nothing,
  disappearing_mode: nothing,
  status: nothing,
};
