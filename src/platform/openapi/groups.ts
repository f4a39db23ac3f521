/** A group of operations: its tag, and what its reader wants to know first. */
type Group = { readonly name: string; readonly description: string };

/** In the order in which somebody who begins needs them. */
const forUsers: readonly Group[] = [
  {
    name: 'Sessions',
    description:
      'A session is a device that is linked to a WhatsApp account. Create one, show its QR to the phone, and it is `connected`. It connects again by itself, also after a restart of the service.',
  },
  {
    name: 'Messages',
    description:
      'Send texts, files, polls and more, now or later, and read what came in. An accepted message (202) is on disk: it is sent once, as soon as its session is connected. Its `timeline` says what happened to it.',
  },
  {
    name: 'Media',
    description:
      'Upload files to send them, once or often, and get the files that came in. What a file is, its content says.',
  },
  {
    name: 'Chats',
    description:
      'What a session has with a person or a group: one chat for each, whichever of their addresses WhatsApp uses. Those with the newest messages come first.',
  },
  {
    name: 'Groups',
    description:
      'The groups that your accounts are in: make them, change them, and decide who is in. Messages to a group are sent to its `chat`.',
  },
  {
    name: 'Blocks',
    description: 'Whom an account blocks: what they write to it does not arrive. In groups, they are still heard.',
  },
  {
    name: 'Webhooks',
    description:
      'Have events posted to a server of yours, signed, and again until it has taken them. Each delivery is on record with its attempts.',
  },
  {
    name: 'Events',
    description:
      'What happens to your sessions, messages, chats and calls, live. It is read from the log: whoever was away goes on exactly where they were.',
  },
  { name: 'Numbers', description: 'Ask WhatsApp which numbers it knows.' },
  { name: 'Limits', description: 'What you may use, and what is left of it.' },
  {
    name: 'Usage',
    description:
      'What you used, by day, hour, session, kind of content or reason of failure: as JSON, or as CSV for a spreadsheet, where an hour is a day, its number and the minutes that it is ahead of UTC.',
  },
  {
    name: 'Requests',
    description: 'The requests that you made, with how each was answered and how long that took. No bodies are kept.',
  },
  { name: 'Health', description: 'For monitoring, and for scripts that wait for the service.' },
];
const forAdmins: readonly Group[] = [
  { name: 'Logging in', description: 'Admins log in with an email address and a password, and get an access token.' },
  {
    name: 'Users',
    description:
      'Those who send messages: a shop, a clinic, a CRM. Each has limits. A deactivated user’s sessions are paused and their messages wait; a deleted user leaves everything but the log.',
  },
  { name: 'API keys', description: 'What users authenticate with. The secret is shown once.' },
  { name: 'Sessions of all users', description: 'See all sessions, and act on them.' },
  { name: 'Messages of all users', description: 'See and search all messages, and cancel those that wait.' },
  { name: 'Usage of all users', description: 'What each of them used, or all together.' },
  {
    name: 'Requests of all users',
    description: 'Every request that was answered: of users, admins and strangers. No bodies are kept.',
  },
  { name: 'Admins', description: 'Owners manage admins. Auditors read everything and change nothing.' },
  {
    name: 'Jobs',
    description:
      'Housekeeping that the service does by itself: what each job does and when, what its last run did, and ways to run it now or to pause it.',
  },
  {
    name: 'Backups',
    description:
      'Encrypted copies of the data, made by schedule or at once. A copy that was restored from one waits for an admin before it connects and sends.',
  },
  {
    name: 'Record',
    description:
      'The log of events, what follows it (projections, sagas, and events that could not be handled), and how the service does.',
  },
];

export const groups: readonly Group[] = [...forUsers, ...forAdmins];

/** ReDoc's menu. */
export const groupsByReader = [
  { name: 'With an API key', tags: forUsers.map(({ name }) => name) },
  { name: 'For admins', tags: forAdmins.map(({ name }) => name) },
];
