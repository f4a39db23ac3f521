/** A kind that is not known here. It is still a message. */
export type UnsupportedContent = { readonly type: 'unsupported' };
