import { saga } from '#lib/event-sourcing';
import { adminEvents, type AdminEvent } from './admin.contract.js';
import type { EmailCommand } from './email.contract.js';
import { userEvents, type UserEvent } from './user.contract.js';

const confirm = (emailKey: string, holderId: string, at: string): EmailCommand => ({
  type: 'ConfirmEmail',
  data: { emailKey, holderId, at },
});

const release = (emailKey: string, holderId: string, at: string): EmailCommand => ({
  type: 'ReleaseEmail',
  data: { emailKey, holderId, at },
});

/** Keeps claims on email addresses in step with the accounts. */
export const emailSaga = saga<UserEvent | AdminEvent, EmailCommand>({
  name: 'email-claims',
  // A claim that nobody confirms lapses. Repeated from the beginning, each claim ends as the accounts say.
  startFrom: 'beginning',
  from: [userEvents, adminEvents],
  on: {
    UserRegistered: ({ data: { userId, emailKey, registeredAt } }) => [confirm(emailKey, userId, registeredAt)],
    UserProfileChanged: ({ data: { userId, emailKey, formerEmailKey, changedAt } }) =>
      emailKey === formerEmailKey
        ? []
        : [confirm(emailKey, userId, changedAt), release(formerEmailKey, userId, changedAt)],
    UserDeleted: ({ data: { userId, emailKey, deletedAt } }) => [release(emailKey, userId, deletedAt)],
    AdminCreated: ({ data: { adminId, emailKey, createdAt } }) => [confirm(emailKey, adminId, createdAt)],
    AdminDisabled: ({ data: { adminId, emailKey, disabledAt } }) => [release(emailKey, adminId, disabledAt)],
  },
});
