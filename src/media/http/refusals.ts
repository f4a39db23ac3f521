import type { DocumentedProblem } from '../../platform/openapi/answers.js';

/** The problems that the routes of media may answer, for their documentation. */
export const refusals = {
  notFound: { status: 404, code: 'media_not_found', detail: 'There is no such file' },
  cleaned: {
    status: 410,
    code: 'media_cleaned',
    detail: 'The file was removed, as files are that are old or take too much room',
  },
  tooLarge: {
    status: 413,
    code: 'media_too_large',
    detail: 'A file of this kind (document) may have at most 104857600 bytes',
  },
  outOfRange: { status: 416, code: 'range_not_satisfiable', detail: 'The file has 48213 bytes' },
  typeRefused: {
    status: 422,
    code: 'media_type_refused',
    detail: 'The file is said to be image/png, but its content is text/html',
  },
  unavailable: {
    status: 502,
    code: 'media_unavailable',
    detail: 'The content of this file is missing where the files are kept. Asking again does not help.',
  },
} as const satisfies { readonly [name: string]: DocumentedProblem };
