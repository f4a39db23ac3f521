import type { AnyCollection, ViewReader } from '#lib/read-models';

/** Reads of these views alone: one that a query does not declare is not waited for, and its answer would lack what that view lacks. */
export const onlyDeclared = (models: ViewReader, declared: readonly AnyCollection[]): ViewReader => {
  const names = new Set(declared.map(({ name }) => name));
  const assertDeclared = ({ name }: AnyCollection): void => {
    if (!names.has(name)) throw new Error(`A query reads the view "${name}", which it does not declare in \`reads\``);
  };
  return {
    get: async (view, id) => {
      assertDeclared(view);
      return models.get(view, id);
    },
    getAll: async (view, ids) => {
      assertDeclared(view);
      return models.getAll(view, ids);
    },
    find: async (view, find) => {
      assertDeclared(view);
      return models.find(view, find);
    },
    count: async (view, where) => {
      assertDeclared(view);
      return models.count(view, where);
    },
    sumByDay: async (view, sum) => {
      assertDeclared(view);
      return models.sumByDay(view, sum);
    },
  };
};
