import type { z } from 'zod';
import type { Mentions, QuotedContent } from '#lib/whatsapp';
import type { MediaReference } from './media-reference.js';

/** A file of the user's library. */
export type LibraryFile = {
  readonly mediaId: string;
  /** In hex. */
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
};

/** A text, with whatever else its kind records of one. */
type EditedWords = { readonly type: 'text'; readonly body: string };

/**
 * Everything that there is to say about one kind of content. `Content` is what its events hold, both of messages that are sent and of
 * received ones; what only some of them have is optional. `Pending` is what is to be completed before a request is accepted.
 */
export type ContentKind<
  Content extends { readonly type: string },
  Shown = never,
  Requested = never,
  Pending = Content,
> = {
  /** How it is sent; null where it cannot be. */
  readonly sent: {
    /** As users ask for it. */
    readonly request: z.ZodType<Requested>;
    readonly example: Requested;
    readonly contentOf: (requested: Requested) => Pending;
    /** In the events of messages that are sent from here. */
    readonly event: z.ZodType<Content>;
  } | null;
  /** In the events of messages from WhatsApp; null where no message consists of it. */
  readonly received: z.ZodType<Content> | null;
  /** As the API shows it, in a field with the name of the kind; null where there is nothing to show. */
  readonly shown: {
    readonly schema: z.ZodType<Shown>;
    readonly of: (content: Content) => Shown;
    readonly example: Shown;
  } | null;
  /** The text that searches look into; null where there is none. */
  readonly wordsOf: (content: Content) => string | null;
  /** The message that it answers, where it has to answer one. Other kinds answer one where `replyTo` says so. */
  readonly answers?: (content: Content) => string;
  /** What a reply shows of it beside its words; left out where it is nothing else. `seconds`: how long its file plays, where that was received. */
  readonly quoted?: (content: Content, seconds: number | null) => QuotedContent;
  /** What is sent when a message with it is forwarded; left out, or undefined, where it cannot be. `mediaId`: of a received file. */
  readonly forwarded?: (content: Content, mediaId: string) => Content | Pending | undefined;
  /**
   * What it says after an edit with these words, where an edit changes nothing else of it: one without words changes nothing. Left out where an edit
   * replaces it.
   */
  readonly edited?: (content: Content, words: string) => Content;
  /** What it says as an edit of another message: its words. Left out where it has none, so that it says what it is. */
  readonly asEdit?: (content: Content) => EditedWords;
  /** Those whom its words mention; null where WhatsApp shows no mentions. */
  readonly mentions: ((content: Content | Pending) => Mentions) | null;
  /** Whether it can be posted where everybody sees it. */
  readonly posted: {
    readonly inStatus: (content: Content | Pending) => boolean;
    readonly inChannels: (content: Content | Pending) => boolean;
  };
  /** The files that it consists of, where it was received. */
  readonly mediaOf: (content: Content) => readonly MediaReference[];
  /** The file that it consists of, where it is sent from here. */
  readonly sentFile: (content: Content) => LibraryFile | undefined;
};
