/** Injects the `WhatsAppConnections` of this process (see `#lib/whatsapp`): the live network, or the sandbox. */
export const WHATSAPP = Symbol('whatsapp');
