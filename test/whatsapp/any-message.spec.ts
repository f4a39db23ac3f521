import { describe, expect, it } from '@jest/globals';
import { cleanMessage, type WAMessage } from '@whiskeysockets/baileys';
import * as fc from 'fast-check';
import type { Account, Report } from '#lib/whatsapp';
import { reportFromWhatsApp } from '../../libs/whatsapp/baileys/from-whatsapp.js';
import { messageEvents } from '../../src/messaging/message.contract.js';
import { receivedData } from '../../src/messaging/reports/received-message.js';
import { anyMessageWith, messageParts } from './support/any-message.js';

const me: Account = {
  phoneNumber: '+491701111111',
  jid: '491701111111:3@s.whatsapp.net',
  lid: '111111111111111:3@lid',
  pushName: null,
  platform: null,
};
const owner = {
  messageId: '0199aaaa-0000-7000-8000-000000000001',
  userId: '0199aaaa-0000-7000-8000-000000000002',
  sessionId: '0199aaaa-0000-7000-8000-000000000003',
  chatId: '0199aaaa-0000-8000-8000-000000000004',
};
const chats = ['491702222222@s.whatsapp.net', '222222222222222@lid', '120363012345678901@g.us'];
const at = '2026-01-02T03:04:05.600Z';
/** More than any message may take in the log. */
const maxEventCharacters = 250_000;

const reading = { me, wasWaiting: false, secrets: { seal: () => 'sealed' } };

const reportOf = (message: WAMessage): Report | undefined => {
  try {
    cleanMessage(message, me.jid, me.lid ?? '');
  } catch {
    return undefined; // a reaction or vote that names no message
  }
  return reportFromWhatsApp(message, reading);
};

/** The schema of the event that a report becomes, and the values that come from the message. */
const recordedOf = (report: Report) => {
  const { types } = messageEvents;
  switch (report.kind) {
    case 'message':
      return types.MessageReceived.schema.safeParse(
        receivedData(owner, report.message.chat.jid, report.message, null, at),
      );
    case 'edited':
      return types.MessageEdited.schema.pick({ content: true }).safeParse({ content: report.content });
    case 'reaction':
      return types.ReactionReceived.schema.pick({ emoji: true }).safeParse({ emoji: report.emoji });
    default:
      return { success: true, data: report };
  }
};

describe('any message that WhatsApp’s format allows', () => {
  it.each(messageParts)('is recorded, whatever is in it: %s', (part) => {
    const envelopes = fc.record({ remoteJid: fc.constantFrom(...chats), fromMe: fc.boolean(), time: fc.double() });
    fc.assert(
      fc.property(anyMessageWith(part), envelopes, (message, { time, ...key }) => {
        const participant = chats[1]!;
        const report = reportOf({ key: { id: 'A', participant, ...key }, message, messageTimestamp: time });
        if (!report) return;
        const recorded = recordedOf(report);
        expect(recorded).toMatchObject({ success: true });
        expect(JSON.stringify(recorded.data).length).toBeLessThan(maxEventCharacters);
      }),
      { numRuns: 40 },
    );
  });

  it('has parts that are known here', () => {
    expect(messageParts).toContain('conversation');
    expect(messageParts.length).toBeGreaterThan(80);
  });
});
