import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { AdminEvent } from './admin.contract.js';
import type { CreateAdmin } from './admin.commands.js';
import { adminDecider } from './admin.decider.js';

const given = givenEvents(adminDecider);
const adminId = '0199aaaa-0000-7000-8000-000000000002';
const at = '2026-01-02T03:04:05.000Z';

const create: CreateAdmin = {
  type: 'CreateAdmin',
  data: { adminId, email: 'root@example.com', emailKey: 'root', role: 'owner', at },
};
const created: AdminEvent = {
  type: 'AdminCreated',
  data: { adminId, email: 'root@example.com', emailKey: 'root', role: 'owner', createdAt: at },
};
const disabled: AdminEvent = { type: 'AdminDisabled', data: { adminId, emailKey: 'root', disabledAt: at } };
const rejected = (locked: string | null = null): AdminEvent => ({
  type: 'AdminLoginRejected',
  data: { adminId, rejectedAt: at, lockedUntil: locked },
});
const loggedIn: AdminEvent = { type: 'AdminLoggedIn', data: { adminId, loggedInAt: at } };

describe('an admin', () => {
  it('is created once, however often the request arrives', () => {
    given([]).when(create).then([created]);
    given([created]).when(create).then([]);
  });

  it('is not created over another one with the same id', () => {
    given([created])
      .when({ ...create, data: { ...create.data, email: 'other@example.com' } })
      .refused('admin_exists');
    given([created, disabled]).when(create).refused('admin_exists');
  });

  it('gets another role, and the same one is no change', () => {
    given([created])
      .when({ type: 'ChangeAdminRole', data: { adminId, role: 'auditor', at } })
      .then([{ type: 'AdminRoleChanged', data: { adminId, role: 'auditor', changedAt: at } }]);
    given([created])
      .when({ type: 'ChangeAdminRole', data: { adminId, role: 'owner', at } })
      .then([]);
  });

  it('is disabled once and can then do nothing', () => {
    given([created]).when({ type: 'DisableAdmin', data: { adminId, at } }).then([disabled]);
    given([created, disabled]).when({ type: 'DisableAdmin', data: { adminId, at } }).then([]);
    given([created, disabled]).when({ type: 'RecordAdminLogin', data: { adminId, at } }).refused('admin_not_found');
    given([created, disabled]).when({ type: 'RecordAdminLogout', data: { adminId, at } }).refused('admin_not_found');
  });

  it('has failed logins on record, with the lock that follows for the client', () => {
    const lockedUntil = '2026-01-02T03:05:05.000Z';
    given([created])
      .when({ type: 'RecordAdminLoginRejected', data: { adminId, lockedUntil, at } })
      .then([rejected(lockedUntil)]);
  });

  it('can log in, whoever failed before', () => {
    given([created, rejected('2026-01-02T03:05:05.000Z')])
      .when({ type: 'RecordAdminLogin', data: { adminId, at } })
      .then([loggedIn]);
  });

  it('must be there to be changed', () => {
    given([])
      .when({ type: 'ChangeAdminRole', data: { adminId, role: 'admin', at } })
      .refused('admin_not_found');
    given([]).when({ type: 'RecordAdminPasswordChanged', data: { adminId, at } }).refused('admin_not_found');
  });
});
