import { TextDecoder } from 'node:util';
import { Parser } from 'htmlparser2';

/** What a page says of itself. */
export type Page = {
  readonly title: string | null;
  readonly description: string | null;
  /** As it is written, so that it may be relative. */
  readonly image: string | null;
};

const limits = { titleCharacters: 300, descriptionCharacters: 600, urlCharacters: 4096 };

const names = {
  title: ['og:title', 'twitter:title'],
  description: ['og:description', 'twitter:description', 'description'],
  image: ['og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image'],
} as const;

/** Reads the head of a page as it comes. */
export class PageReader {
  private readonly metas = new Map<string, string>();
  private title = '';
  private isInTitle = false;
  private hasEnded = false;
  private readonly parser = new Parser({
    onopentag: (name, { property, name: named, content }) => {
      if (name === 'body') this.hasEnded = true;
      if (this.hasEnded) return;
      if (name === 'title') this.isInTitle = this.title === '';
      const key = (property ?? named)?.toLowerCase();
      if (name === 'meta' && key && content && !this.metas.has(key)) this.metas.set(key, content);
    },
    ontext: (text) => {
      if (this.isInTitle && this.title.length < limits.titleCharacters) this.title += text;
    },
    onclosetag: (name) => {
      if (name === 'title') this.isInTitle = false;
      if (name === 'head') this.hasEnded = true;
    },
  });

  /** False where the head of the page has ended: nothing more needs to be read. */
  read(html: string): boolean {
    if (!this.hasEnded) this.parser.write(html);
    return !this.hasEnded;
  }

  get page(): Page {
    return {
      title: lineOf(this.found('title') ?? this.title, limits.titleCharacters),
      description: lineOf(this.found('description') ?? '', limits.descriptionCharacters),
      image: this.found('image')?.trim().slice(0, limits.urlCharacters) ?? null,
    };
  }

  private found(what: keyof typeof names): string | undefined {
    const name = names[what].find((each) => this.metas.get(each)?.trim());
    return name === undefined ? undefined : this.metas.get(name);
  }
}

const lineOf = (text: string, maxCharacters: number): string | null => {
  const line = text.replaceAll(/[\s\p{Cc}\p{Cs}]+/gu, ' ').trim();
  return line === '' ? null : [...line].slice(0, maxCharacters).join('');
};

/** The encoding of a page, from its `Content-Type` or its first bytes. What is not known is read as UTF-8. */
export const decoderOf = (contentType: string, start: Uint8Array): TextDecoder => {
  const head = Buffer.from(start.subarray(0, 1024)).toString('latin1');
  const label = charset.exec(contentType)?.[1] ?? charset.exec(head)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
};

const charset = /charset\s*=\s*["']?([\w-]{1,40})/i;
