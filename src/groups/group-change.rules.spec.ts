import { describe, expect, it } from '@jest/globals';
import { ConnectionLost, QueryFailed } from '#lib/whatsapp';
import { changed, partsOf, pictureOnly, resultsOfParts } from './group-change.rules.js';
import type { GroupView } from './group.contract.js';

const settings = { announce: false, locked: false, approval: false, ephemeralSeconds: 0 };
const group = { subject: 'Before', description: 'At six', settings } as GroupView;
const parts = [...partsOf({ subject: 'After', description: '', settings: { announce: true } }), pictureOnly];
const refused = new QueryFailed(403, 'forbidden');
const lost = new ConnectionLost('one');

describe('a change of a group', () => {
  it('is a question for each field, in the order of the request’s schema', () => {
    expect(parts).toEqual([
      { path: 'subject', change: { subject: 'After' } },
      { path: 'description', change: { description: '' } },
      { path: 'settings.announce', change: { settings: { announce: true } } },
      { path: 'pictureMediaId' },
    ]);
  });

  it('leaves what it does not name', () => {
    expect(changed(group, { description: '', settings: { locked: true } })).toEqual({
      subject: 'Before',
      description: null,
      settings: { ...settings, locked: true },
    });
  });

  it('of which a part is refused was done before that part, and not tried after it', () => {
    expect(resultsOfParts(parts, { index: 1, error: refused }, group)).toEqual([
      { path: 'subject', ok: true },
      { path: 'description', ok: false, code: 'group_not_allowed' },
      { path: 'settings.announce', ok: false, code: 'not_tried' },
      { path: 'pictureMediaId', ok: false, code: 'not_tried' },
    ]);
  });

  it.each([
    [0, { ...group, subject: 'After' }, { ok: true }],
    [0, group, { ok: false, code: 'not_answered' }],
    [1, { ...group, description: null }, { ok: true }],
    [2, { ...group, settings: { ...settings, announce: true } }, { ok: true }],
    [2, group, { ok: false, code: 'not_answered' }],
    [2, undefined, { ok: false, code: 'unconfirmed' }],
    [3, group, { ok: false, code: 'unconfirmed' }],
  ])('of which an answer is lost is known from the group as it is then: %#', (index, now, result) => {
    const { path } = parts[index]!;
    expect(resultsOfParts(parts, { index, error: lost }, now)[index]).toEqual({ path, ...result });
  });
});
