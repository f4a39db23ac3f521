import type { Report } from '#lib/whatsapp';

/** As JSON within the JSON of an event, of which stores take 1 MiB. */
const maxKeptBytes = 768 * 1024;

/**
 * A report as it can be kept: all of it, or what a store takes. A message that is too large says which one it is, and of which kind it was; of
 * the names of people, the first ones are kept. Of anything else only the kind is, which cannot be recorded later: an admin sees it parked.
 */
export const keptReport = (report: Report): { readonly text: string; readonly isCut: boolean } => {
  const whole = JSON.stringify(report);
  if (fits(whole)) return { text: whole, isCut: false };
  const text = shorter(report)
    .map((form) => JSON.stringify(form))
    .find(fits);
  return { text: text ?? JSON.stringify({ kind: report.kind }), isCut: true };
};

const fits = (text: string): boolean => Buffer.byteLength(JSON.stringify(text), 'utf8') <= maxKeptBytes;

/** Shorter forms of a report, the longest first. */
const shorter = (report: Report): readonly Report[] => {
  if (report.kind === 'message') {
    const { content } = report.message;
    const cut = { content: { type: 'unsupported', rawType: content.type }, mentions: [], referral: null } as const;
    return [{ ...report, message: { ...report.message, ...cut } }];
  }
  if (report.kind === 'edited')
    return [{ ...report, content: { type: 'unsupported', rawType: report.content.type }, mentions: [] }];
  if (report.kind !== 'contacts') return [];
  const { contacts } = report;
  return [2, 8, 64].map((parts) => ({ ...report, contacts: contacts.slice(0, Math.ceil(contacts.length / parts)) }));
};
