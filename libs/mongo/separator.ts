import type mongoose from 'mongoose';
import { isAnswer } from './errors.js';

const invalidNamespace = 73;

/**
 * What stands between the parts of the names of collections that are renamed. FerretDB 2 takes a namespace apart at every dot, and renames
 * no collection that has one in its name: it is asked to rename one that is not there, which each server refuses for its own reason.
 * @throws the driver's error while that cannot be told.
 */
export const separatorOn = async (db: mongoose.mongo.Db): Promise<'.' | '_'> => {
  try {
    await db.renameCollection('probe.none', 'probe.other');
    return '.';
  } catch (error) {
    if (!isAnswer(error)) throw error;
    return (error as { readonly code?: unknown }).code === invalidNamespace ? '_' : '.';
  }
};
