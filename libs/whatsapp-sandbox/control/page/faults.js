import { api } from './api.js';
import { $, field, h, showList } from './dom.js';
import { attempt } from './notices.js';
import { onChange, state } from './store.js';

/**
 * Kinds of faults: a description, their parameter, and whether they always apply to all phones.
 * @type {{ [kind: string]: { description: string, parameter?: 'ms' | 'code', isForAll?: true } }}
 */
const kinds = {
  drop: { description: 'The connection is closed without a closing handshake.' },
  freeze: { description: 'The server stops responding, for some time (ms) or forever.', parameter: 'ms' },
  refuse: { description: 'A connection attempt is reset.' },
  'upgrade-error': { description: 'A connection attempt is answered with an HTTP error (503).', parameter: 'code' },
  'slow-ack': { description: 'A message is delivered at once, but its ack is delayed.', parameter: 'ms' },
  'lose-ack': { description: 'A message is delivered, but its ack is lost.' },
  'lose-receipt': {
    description: 'A receipt of the client is lost: the message is repeated after the next login, dated later (ms).',
    parameter: 'ms',
  },
  'join-receipts': {
    description: 'The receipts for a message to a group are gathered for some time (ms), and sent as one.',
    parameter: 'ms',
  },
  nack: { description: 'A message is rejected with an error code (463, 479, 400, 500 …).', parameter: 'code' },
  replaced: { description: 'Another client has replaced the connection (440).' },
  'logged-out': { description: 'The client is unlinked (401).' },
  'stream-error': { description: 'The connection ends with an error (503, 515 …).', parameter: 'code' },
  retry: { description: 'A phone requests a message again, as if it could not decrypt it.' },
  'rate-limit': { description: 'A look-up of numbers or devices is rate-limited (429).' },
  'devices-changed': { description: 'The client is told that the devices of all its contacts have changed.' },
  'refuse-code': { description: 'A request for a pairing code is refused.', parameter: 'code' },
  'renew-qr': { description: 'A client that shows a QR code must show one with a new secret.' },
  'no-keys': { description: 'A request for the keys of a device of this phone is answered with an error (404).' },
  'refuse-members': { description: 'A change of who is in a group is refused (500).', parameter: 'code' },
  'lose-members': { description: 'A change of who is in a group is made, but the connection ends before the answer.' },
  'upload-error': { description: 'An upload is answered with an HTTP error (500).', parameter: 'code', isForAll: true },
  'upload-hang': { description: 'An upload is never answered.', isForAll: true },
  'upload-cut': { description: 'An upload is cut off halfway.', isForAll: true },
  'download-error': {
    description: 'A download is answered with an HTTP error (500).',
    parameter: 'code',
    isForAll: true,
  },
  'download-hang': { description: 'A download is never answered.', isForAll: true },
  'download-cut': { description: 'A download is cut off halfway.', isForAll: true },
};

/** Adding and removing faults. */
export function startFaults() {
  const form = $('new-fault', HTMLFormElement);
  const kind = field(form, 'kind');
  kind.append(...Object.keys(kinds).map((name) => h('option', { value: name }, name)));
  kind.addEventListener('change', show);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const chosen = kinds[kind.value];
    const number = field(form, 'only').checked && !chosen?.isForAll ? state.selected : undefined;
    const extra = chosen?.parameter === undefined ? '' : field(form, chosen.parameter).value;
    void attempt(() =>
      api.addFault({
        kind: kind.value,
        count: Number(field(form, 'count').value),
        ...(number !== undefined && { number }),
        ...(chosen?.parameter !== undefined && extra !== '' && { [chosen.parameter]: Number(extra) }),
      }),
    );
  });
  $('clear-faults').addEventListener('click', () => void attempt(() => api.clearFaults()));
  onChange(show);
  show();

  function show() {
    const chosen = kinds[kind.value];
    $('kind-hint').textContent = chosen?.description ?? '';
    $('ms-field').hidden = chosen?.parameter !== 'ms';
    $('code-field').hidden = chosen?.parameter !== 'code';
    $('only-field').hidden = state.selected === undefined || chosen?.isForAll === true;
    $('clear-faults').hidden = state.faults.length === 0;
    showList($('faults'), state.faults, {
      key: ({ id, kind }) => id ?? kind,
      look: (fault) => fault,
      render: ({ kind, number, remaining, ms, code }) =>
        h(
          'li',
          {},
          h('strong', {}, kind),
          ` ${remaining} × ${number === undefined ? 'for all phones' : `for +${number}`}`,
          ms !== undefined && `, ${ms} ms`,
          code !== undefined && `, code ${code}`,
        ),
    });
  }
}
