export {
  EditedContent,
  OutgoingContent,
  ReceivedContent,
  sentFileOf,
  type MessageType,
  type RequestedContent,
} from './content/kinds.js';
