import { Transient } from '#lib/async';

/** No process answers at the moment. Nothing was done. */
export class NobodyAnswers extends Transient {
  override readonly name = 'NobodyAnswers';
}

/** A process took the question and did not answer: it may have done what was asked, or not. */
export class AnswerLost extends Transient {
  override readonly name = 'AnswerLost';
}
