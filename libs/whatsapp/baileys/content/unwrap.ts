import type { proto } from '@whiskeysockets/baileys';

/** More than people's phones ever nest. */
const maxWrappers = 10;

/**
 * What is in the wrappers of a message: a disappearing message, one to be viewed once, one that mentions a group, … WhatsApp adds such
 * wrappers all the time, and all of them have a field `message`, so that their names do not matter here.
 */
export const unwrapped = (message: proto.IMessage): proto.IMessage => {
  let inner = message;
  for (let depth = 0; depth < maxWrappers; depth += 1) {
    const next = wrappedIn(inner);
    if (!next) break;
    const { messageContextInfo } = inner;
    inner = next.messageContextInfo || !messageContextInfo ? next : { ...next, messageContextInfo };
  }
  return inner;
};

const wrappedIn = (message: proto.IMessage): proto.IMessage | undefined => {
  for (const part of Object.values(message)) {
    const inner = (part as { readonly message?: unknown } | null)?.message;
    if (typeof inner === 'object' && inner !== null && !ArrayBuffer.isView(inner)) return inner;
  }
  return undefined;
};
