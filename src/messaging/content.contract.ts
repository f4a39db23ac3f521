export { OutgoingContent, ReceivedContent, type MessageType } from './content/kinds.js';
