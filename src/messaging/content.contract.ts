export { OutgoingContent, ReceivedContent, type MessageType, type RequestedContent } from './content/kinds.js';
