import { saga } from '#lib/event-sourcing';
import { adminEvents, type AdminEvent } from './admin.contract.js';
import type { EmailCommand, EmailHolder } from './email.commands.js';
import { userEvents, type UserEvent } from './user.contract.js';

const user = (userId: string): EmailHolder => ({ userId, adminId: null });
const admin = (adminId: string): EmailHolder => ({ userId: null, adminId });

const confirm = (emailKey: string, holder: EmailHolder, at: string): EmailCommand => ({
  type: 'ConfirmEmail',
  data: { emailKey, ...holder, at },
});

const release = (emailKey: string, holder: EmailHolder, at: string): EmailCommand => ({
  type: 'ReleaseEmail',
  data: { emailKey, ...holder, at },
});

/** Keeps claims on email addresses in step with the accounts. */
export const emailSaga = saga<UserEvent | AdminEvent, EmailCommand>({
  name: 'email-claims',
  // A claim that nobody confirms lapses. Repeated from the beginning, each claim ends as the accounts say.
  startFrom: 'beginning',
  from: [userEvents, adminEvents],
  on: {
    UserRegistered: ({ data: { userId, emailKey, registeredAt } }) => [confirm(emailKey, user(userId), registeredAt)],
    UserProfileChanged: ({ data: { userId, emailKey, formerEmailKey, changedAt } }) =>
      emailKey === formerEmailKey
        ? []
        : [confirm(emailKey, user(userId), changedAt), release(formerEmailKey, user(userId), changedAt)],
    UserDeleted: ({ data: { userId, emailKey, deletedAt } }) => [release(emailKey, user(userId), deletedAt)],
    AdminCreated: ({ data: { adminId, emailKey, createdAt } }) => [confirm(emailKey, admin(adminId), createdAt)],
    AdminDisabled: ({ data: { adminId, emailKey, disabledAt } }) => [release(emailKey, admin(adminId), disabledAt)],
  },
});
