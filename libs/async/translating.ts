/** Passes an answer on, and what it is rejected with as the error that `errorOf` makes of it. */
export const translating =
  (errorOf: (error: unknown) => unknown) =>
  async <Result>(answer: Promise<Result>): Promise<Result> => {
    try {
      return await answer;
    } catch (error) {
      throw errorOf(error);
    }
  };
