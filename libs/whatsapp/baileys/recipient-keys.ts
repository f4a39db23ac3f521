import type { BinaryNode, WASocket } from '@whiskeysockets/baileys';

type Repository = Pick<WASocket, 'signalRepository'>['signalRepository'];

/**
 * Baileys asks for the keys of a contact by LID only: of one whose LID is not known it asks for none, and nothing can be encrypted. With this
 * it asks by number. Only the method with which it looks up whom to ask for is replaced.
 */
export const askForKeysByNumber = ({ lidMapping }: Pick<Repository, 'lidMapping'>): void => {
  const lidsOf = lidMapping.getLIDsForPNs.bind(lidMapping);
  lidMapping.getLIDsForPNs = async (numbers) => {
    const known = (await lidsOf(numbers)) ?? [];
    const unknown = numbers.filter((number) => !known.some(({ pn }) => pn === number));
    return [...known, ...unknown.map((pn) => ({ pn, lid: pn }))];
  };
  lidMapping.getLIDForPN = async (number) => (await lidsOf([number]))?.[0]?.lid ?? null;
};

/**
 * Removes the devices that WhatsApp has no keys of from its answer to a request for keys. Otherwise Baileys would send nothing to the others
 * either; so they are left out.
 */
export const leaveOutDevicesWithoutKeys = ({ tag, content }: BinaryNode): void => {
  if (tag !== 'iq' || !Array.isArray(content)) return;
  const list = content.find((node) => node.tag === 'list');
  if (!Array.isArray(list?.content)) return;
  list.content = list.content.filter((node) => node.tag !== 'user' || !hasError(node));
};

const hasError = ({ content }: BinaryNode): boolean =>
  Array.isArray(content) && content.some(({ tag }) => tag === 'error');
