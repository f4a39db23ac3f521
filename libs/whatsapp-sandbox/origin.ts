import type { IncomingHttpHeaders } from 'node:http';

/** Origin that WhatsApp's own web client has, and that Baileys claims. */
const whatsAppOrigin = 'https://web.whatsapp.com';

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined);

/**
 * Whether a browser sent the request for a page of another origin, other ports of the same host included. `Sec-Fetch-Site` says so, in
 * older browsers only `Origin`. Programs send neither. A link that a person follows is not such a request.
 */
export function isFromOtherOrigin(headers: IncomingHttpHeaders): boolean {
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'] ?? 'none';
  const isFollowedLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (origin !== undefined && hostOf(origin) !== host?.toLowerCase()) return true;
  return site !== 'none' && site !== 'same-origin' && !isFollowedLink;
}

/** Like `isFromOtherOrigin`, for what WhatsApp's clients use: they claim the origin of WhatsApp's web client. */
export const isFromForeignPage = (headers: IncomingHttpHeaders): boolean =>
  isFromOtherOrigin(headers.origin === whatsAppOrigin ? { ...headers, origin: undefined } : headers);
