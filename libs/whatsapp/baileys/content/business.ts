import type { proto } from '@whiskeysockets/baileys';

type Template = proto.Message.ITemplateMessage;
type Text = string | null | undefined;

/** What people see of a message that only businesses can send. */
type Shown = {
  readonly lines: readonly Text[];
  readonly header?: Header | null | undefined;
  readonly contextInfo?: proto.IContextInfo | null | undefined;
};
type Header = Pick<proto.IMessage, 'imageMessage' | 'videoMessage' | 'documentMessage' | 'locationMessage'>;

/** Templates contain templates; more of them inside each other are not read. */
const maxNesting = 4;

/**
 * A template, a message with buttons, a list or an interactive message, as the message that a person would send instead: the file with the
 * text as its caption, or the text. Other messages are returned as they are.
 */
export const plainMessage = (message: proto.IMessage): proto.IMessage => {
  const shown = shownOf(message);
  if (!shown) return message;
  const { header, contextInfo } = shown;
  const text = textOf(shown);
  const { imageMessage, videoMessage, documentMessage, locationMessage } = header ?? {};
  const captioned = { ...(text && { caption: text }), ...(contextInfo && { contextInfo }) };
  if (imageMessage?.mediaKey?.length) return { imageMessage: { ...imageMessage, ...captioned } };
  if (videoMessage?.mediaKey?.length) return { videoMessage: { ...videoMessage, ...captioned } };
  if (documentMessage?.mediaKey?.length) return { documentMessage: { ...documentMessage, ...captioned } };
  if (text) return { extendedTextMessage: { text, ...(contextInfo && { contextInfo }) } };
  return locationMessage ? { locationMessage } : message;
};

const textOf = ({ lines }: Shown): string => lines.filter((line) => line?.trim()).join('\n');

const shownOf = (message: proto.IMessage): Shown | undefined => {
  const { templateMessage, highlyStructuredMessage, interactiveMessage, buttonsMessage, listMessage } = message;
  if (templateMessage) return ofTemplate(templateMessage, maxNesting);
  if (highlyStructuredMessage) return ofStructured(highlyStructuredMessage, maxNesting);
  if (interactiveMessage) return ofInteractive(interactiveMessage, maxNesting);
  if (buttonsMessage) {
    const { text, contentText, footerText, contextInfo } = buttonsMessage;
    return { lines: [text, contentText, footerText], header: buttonsMessage, contextInfo };
  }
  if (listMessage) {
    const { title, description, footerText, contextInfo } = listMessage;
    return { lines: [title, description, footerText], contextInfo };
  }
  return undefined;
};

const ofTemplate = (template: Template, nesting: number): Shown | undefined => {
  const { contextInfo, fourRowTemplate: rows, interactiveMessageTemplate } = template;
  const hydrated = template.hydratedFourRowTemplate ?? template.hydratedTemplate;
  if (hydrated) {
    const { hydratedTitleText, hydratedContentText, hydratedFooterText } = hydrated;
    return { lines: [hydratedTitleText, hydratedContentText, hydratedFooterText], header: hydrated, contextInfo };
  }
  if (nesting === 0) return undefined;
  if (interactiveMessageTemplate) return { contextInfo, ...ofInteractive(interactiveMessageTemplate, nesting - 1) };
  if (!rows) return undefined;
  const texts = [rows.highlyStructuredMessage, rows.content, rows.footer];
  return { lines: texts.map((each) => each && textOf(ofStructured(each, nesting - 1))), header: rows, contextInfo };
};

/** Where the sender's template is not known here, its words are all that there is. */
const ofStructured = ({ hydratedHsm, params }: proto.Message.IHighlyStructuredMessage, nesting: number): Shown =>
  (hydratedHsm && nesting > 0 ? ofTemplate(hydratedHsm, nesting - 1) : undefined) ?? { lines: params ?? [] };

const ofInteractive = (interactive: proto.Message.IInteractiveMessage, nesting: number): Shown => {
  const { header, body, footer, contextInfo, carouselMessage } = interactive;
  const lines = [header?.title, header?.subtitle, body?.text, footer?.text];
  const cards = nesting === 0 ? [] : (carouselMessage?.cards ?? []);
  return { lines: [...lines, ...cards.map((card) => textOf(ofInteractive(card, nesting - 1)))], header, contextInfo };
};
