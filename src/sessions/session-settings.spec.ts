import { describe, it } from '@jest/globals';
import { given } from '#lib/event-sourcing/testing';
import type { ConfigureSession, SessionEvent } from './session.contract.js';
import { sessionDecider } from './session.decider.js';
import { usualSettings } from './settings.contract.js';

const of = { sessionId: '0199a3c4-1f00-7000-8000-00000000005e', userId: '0199a3c4-1f00-7000-8000-000000000001' };
const at = '2026-11-23T10:10:00.000Z';
const initialized = {
  type: 'SessionInitialized',
  data: { ...of, name: 'Front desk', pairing: 'qr', phoneNumber: null, start: 1, initializedAt: at },
} satisfies SessionEvent;
const configure = (change: Partial<ConfigureSession['data']>): ConfigureSession => ({
  type: 'ConfigureSession',
  data: { ...of, at, ...change },
});
const configured = (change: object): SessionEvent => ({
  type: 'SessionConfigured',
  data: {
    ...of,
    name: 'Front desk',
    settings: usualSettings,
    proxy: null,
    metadata: {},
    configuredAt: at,
    ...change,
  },
});
const session = given(sessionDecider);

describe('the profile of an account', () => {
  it('is on record as its user changed it', () => {
    session([initialized])
      .when({ type: 'RecordProfileChange', data: { ...of, at, change: { about: 'Open until six' } } })
      .then([
        {
          type: 'ProfileChanged',
          data: {
            ...of,
            name: null,
            about: 'Open until six',
            pictureMediaId: null,
            pictureRemoved: false,
            changedAt: at,
          },
        },
      ]);
  });

  it('is nothing of another user’s', () => {
    const stranger = '0199a3c4-1f00-7000-8000-000000000002';
    session([initialized])
      .when({ type: 'RecordProfileChange', data: { ...of, userId: stranger, at, change: { name: 'Mine' } } })
      .refused('session_not_found');
  });
});

describe('a session that is made with settings', () => {
  it('has them from its first moment, and the usual ones beside them', () => {
    const { start: _start, initializedAt: _at, ...asked } = initialized.data;
    const settings = { ignore: ['groups'] };
    session([])
      .when({ type: 'InitSession', data: { ...asked, settings, metadata: { till: '4' }, at } })
      .then([initialized, configured({ settings: { ...usualSettings, ignore: ['groups'] }, metadata: { till: '4' } })]);
  });
});

describe('the proxy of a session', () => {
  const set = configured({ settings: { ...usualSettings, proxySet: true }, proxy: 'sealed' });
  const restarted: SessionEvent = {
    type: 'SessionRestarted',
    data: { ...of, linked: false, start: 2, restartedAt: at },
  };

  it('is set and removed by connecting again', () => {
    session([initialized])
      .when(configure({ proxy: 'sealed' }))
      .then([set, restarted]);
    session([initialized, set, restarted])
      .when(configure({ proxy: null }))
      .then([configured({}), { ...restarted, data: { ...restarted.data, start: 3 } } as SessionEvent]);
  });

  it('stays while other settings change, and starts nothing that is stopped', () => {
    session([initialized, set])
      .when(configure({ name: 'Till' }))
      .then([configured({ settings: { ...usualSettings, proxySet: true }, proxy: 'sealed', name: 'Till' })]);
    session([initialized, { type: 'SessionStopped', data: { ...of, stoppedAt: at } }])
      .when(configure({ proxy: 'sealed' }))
      .then([set]);
  });

  it('is used from the first connection on', () => {
    session([{ ...initialized, data: { ...initialized.data, proxy: 'sealed' } } as SessionEvent])
      .when(configure({ proxy: 'sealed' }))
      .then([]);
  });
});

describe('the settings of a session', () => {
  it('change as they are named, and the others stay', () => {
    const online = configured({ settings: { ...usualSettings, presence: 'online' } });
    session([initialized])
      .when(configure({ settings: { presence: 'online' } }))
      .then([online]);
    session([initialized, online])
      .when(configure({ settings: { ignore: ['groups'], calls: usualSettings.calls }, name: 'Till' }))
      .then([configured({ settings: { ...usualSettings, ignore: ['groups'], presence: 'online' }, name: 'Till' })]);
  });

  it('say what becomes of calls', () => {
    const calls = { reject: true, answer: 'Please write to us.' };
    const rejecting = configured({ settings: { ...usualSettings, calls } });
    session([initialized])
      .when(configure({ settings: { calls } }))
      .then([rejecting]);
    session([initialized, rejecting])
      .when(configure({ settings: { calls } }))
      .then([]);
  });

  it('and its metadata are replaced as a whole', () => {
    const before = configured({ metadata: { shop: 'Berlin', till: '3' } });
    session([initialized, before])
      .when(configure({ metadata: { shop: 'Hamburg' } }))
      .then([configured({ metadata: { shop: 'Hamburg' } })]);
  });

  it('do not change where they are the same', () => {
    session([initialized]).when(configure({})).then([]);
    session([initialized])
      .when(configure({ name: 'Front desk', settings: usualSettings, metadata: {} }))
      .then([]);
    session([initialized, configured({ metadata: { a: '1', b: '2' } })])
      .when(configure({ metadata: { b: '2', a: '1' } }))
      .then([]);
  });

  it('of another user’s session do not change', () => {
    const another = { userId: '0199a3c4-1f00-7000-8000-000000000002', name: 'Mine' };
    session([initialized]).when(configure(another)).refused('session_not_found');
  });
});
