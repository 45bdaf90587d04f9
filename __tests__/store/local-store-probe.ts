/**
 * Run inside a host: opens the local store with this process's environment, asks it one question, and says as JSON how it was
 * reached and what came of it. Arguments: a path to ask for.
 */
import { ActionError, toError } from '../../src/domain/errors.ts';
import { parseStorePath } from '../../src/domain/store-path.ts';
import { openLocalStore } from '../../src/store/local-store.ts';

const env = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
);
try {
  const { store, access } = await openLocalStore({ env });
  const { nixVersion } = await store.greeting;
  const valid = await store.queryValidPaths([parseStorePath(process.argv[2] ?? '')]);
  store.close();
  console.log(JSON.stringify({ access, nixVersion, valid: valid.size }));
} catch (thrown) {
  const error = toError(thrown);
  const code = error instanceof ActionError ? error.code : undefined;
  console.log(JSON.stringify({ code, message: error.message }));
}
