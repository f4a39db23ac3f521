import { z } from 'zod';
import { kinds } from '../content/kinds.js';

export const MessageEdit = z
  .strictObject({ text: kinds.text.sent.request })
  .meta({ id: 'MessageEdit', examples: [{ text: { body: 'Your parcel is at the gate.' } }] });
