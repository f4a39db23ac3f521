import { api } from './api.js';
import { $, field, h, showList } from './dom.js';
import { attempt } from './notices.js';
import { onChange, state } from './store.js';

/**
 * What can go wrong: in words, with which number it goes, and whether it can be for one phone only.
 * @type {{ [kind: string]: { says: string, with?: 'ms' | 'code', isForAll?: true } }}
 */
const kinds = {
  drop: { says: 'The connection breaks, without a word.' },
  freeze: { says: 'The server falls silent, for so many ms or for good.', with: 'ms' },
  refuse: { says: 'A connection attempt is reset.' },
  'upgrade-error': { says: 'A connection attempt is answered with an HTTP error (503).', with: 'code' },
  'slow-ack': { says: 'A message is delivered at once and acknowledged late.', with: 'ms' },
  'lose-ack': { says: 'A message is delivered and never acknowledged.' },
  nack: { says: 'A message is refused with an error code (463, 479, 400, 500 …).', with: 'code' },
  replaced: { says: 'Another client has taken over the connection (440).' },
  'logged-out': { says: 'The client is unlinked (401).' },
  'stream-error': { says: 'The connection ends with an error (503, 515 …).', with: 'code' },
  retry: { says: 'A phone asks for a message again, as if it could not be decrypted.' },
  'rate-limit': { says: 'A look-up of numbers is refused: too many (429).' },
  'upload-error': { says: 'An upload is answered with an HTTP error (500).', with: 'code', isForAll: true },
  'upload-hang': { says: 'An upload is never answered.', isForAll: true },
  'upload-cut': { says: 'An upload breaks off half way.', isForAll: true },
  'download-error': { says: 'A download is answered with an HTTP error (500).', with: 'code', isForAll: true },
  'download-hang': { says: 'A download is never answered.', isForAll: true },
  'download-cut': { says: 'A download breaks off half way.', isForAll: true },
};

/** Switching faults on and off. */
export function startFaults() {
  const form = $('new-fault', HTMLFormElement);
  const kind = field(form, 'kind');
  kind.append(...Object.keys(kinds).map((name) => h('option', { value: name }, name)));
  kind.addEventListener('change', show);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const chosen = kinds[kind.value];
    const number = field(form, 'only').checked && !chosen?.isForAll ? state.selected : undefined;
    const extra = chosen?.with === undefined ? '' : field(form, chosen.with).value;
    void attempt(() =>
      api.addFault({
        kind: kind.value,
        count: Number(field(form, 'count').value),
        ...(number !== undefined && { number }),
        ...(chosen?.with !== undefined && extra !== '' && { [chosen.with]: Number(extra) }),
      }),
    );
  });
  $('clear-faults').addEventListener('click', () => void attempt(() => api.clearFaults()));
  onChange(show);
  show();

  function show() {
    const chosen = kinds[kind.value];
    $('kind-hint').textContent = chosen?.says ?? '';
    $('ms-field').hidden = chosen?.with !== 'ms';
    $('code-field').hidden = chosen?.with !== 'code';
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
          ` ${remaining} × ${number === undefined ? 'for everybody' : `for +${number}`}`,
          ms !== undefined && `, ${ms} ms`,
          code !== undefined && `, code ${code}`,
        ),
    });
  }
}
