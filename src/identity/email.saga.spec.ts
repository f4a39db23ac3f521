import { describe, expect, it } from '@jest/globals';
import { react, type Recorded } from '#lib/event-sourcing';
import type { AdminEvent } from './admin.contract.js';
import { emailSaga } from './email.saga.js';
import { ownersSaga } from './owners.saga.js';
import type { UserEvent } from './user.contract.js';

const id = '0199aaaa-0000-7000-8000-00000000000a';
const at = '2026-01-02T03:00:00.000Z';
const recorded = (event: UserEvent | AdminEvent) => event as Recorded;

const profile = { userId: id, name: 'Ana', email: 'ana@example.com', emailKey: 'new', changedAt: at };

describe('claims on email addresses', () => {
  it('follow the accounts', () => {
    const changed: UserEvent = { type: 'UserProfileChanged', data: { ...profile, formerEmailKey: 'old' } };
    expect(react(emailSaga, recorded(changed))).toEqual([
      { type: 'ConfirmEmail', data: { emailKey: 'new', userId: id, adminId: null, at } },
      { type: 'ReleaseEmail', data: { emailKey: 'old', userId: id, adminId: null, at } },
    ]);
    const disabled: AdminEvent = { type: 'AdminDisabled', data: { adminId: id, emailKey: 'new', disabledAt: at } };
    expect(react(emailSaga, recorded(disabled))).toEqual([
      { type: 'ReleaseEmail', data: { emailKey: 'new', userId: null, adminId: id, at } },
    ]);
  });

  it('stay where only the name changes', () => {
    const renamed: UserEvent = { type: 'UserProfileChanged', data: { ...profile, formerEmailKey: 'new' } };
    expect(react(emailSaga, recorded(renamed))).toEqual([]);
  });
});

describe('the count of owners', () => {
  it('takes in whoever becomes one, and nobody else', () => {
    const created = (role: 'owner' | 'admin'): AdminEvent => ({
      type: 'AdminCreated',
      data: { adminId: id, email: 'ana@example.com', emailKey: 'k', role, createdAt: at },
    });
    expect(react(ownersSaga, recorded(created('owner')))).toEqual([{ type: 'AddOwner', data: { adminId: id, at } }]);
    expect(react(ownersSaga, recorded(created('admin')))).toEqual([]);
  });
});
