// Expressions are looked at by the server, which runs them; what it said is remembered for each text.
import { ask } from './talking';

const told = new Map();
let address = '';

export function checkAt(given) {
  address = given;
}

/** What is wrong with an expression; null where nothing is, or where it is not known yet: `then` is called later. */
export const checkExpression = (source, then) => look('source', source, then);
export const checkScript = (source, then) => look('script', source, then);

function look(kind, source, then) {
  const key = `${kind}:${source}`;
  if (!source.trim()) {
    return null;
  }
  if (!told.has(key)) {
    told.set(key, null);
    ask(`${address}?${new URLSearchParams({ [kind]: source })}`).then(
      (answer) => {
        told.set(key, answer.problem);
        then();
      },
      () => told.delete(key),
    );
  }
  return told.get(key);
}
