/** Injects the `WhatsAppConnections` of this process. Other contexts use `MESSENGER`. */
export const WHATSAPP = Symbol('whatsapp connections');
