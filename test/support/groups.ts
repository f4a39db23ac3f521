import type { WaybillClient } from './waybill-client.js';

type Participant = { readonly phoneNumber: string; readonly role: string };
/** As the API answers it; `results` where it was made, or its people were changed. */
export type Group = {
  readonly id: string;
  readonly chat: string;
  readonly subject: string;
  readonly joined: boolean;
  readonly participants: readonly Participant[];
  readonly results: readonly { readonly ok: boolean; readonly code?: string }[];
};
/** As the sandbox shows it. */
export type GroupOnPhone = { readonly jid: string; readonly subject: string; readonly requests: readonly string[] };

export const rolesIn = ({ participants }: Group): Readonly<Record<string, string>> =>
  Object.fromEntries(participants.map(({ phoneNumber, role }) => [phoneNumber, role]));

/** What became of each person: true, or the code that says why not. */
export const codesIn = (answer: unknown): readonly (string | boolean)[] =>
  (answer as Group).results.map(({ ok, code }) => code ?? ok);

/** What is on record of a group. */
export const groupEventsIn = async (
  waybill: WaybillClient,
  { id }: Group,
): Promise<readonly { readonly type: string; readonly data: object }[]> => {
  const { body } = await waybill.admin(`GET /v1/admin/streams/group-${id}`);
  return (body as { readonly data: readonly { readonly type: string; readonly data: object }[] }).data;
};
