// Conditions as rows of fact, comparison and value, and the CEL that they are written as. What is more than that stays CEL.

const ROW = /^([A-Za-z_]\w*)\s*(==|!=|<=|>=|<|>)\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|-?\d+(?:\.\d+)?|true|false)$/;
const PLAIN = /^(!?)\s*([A-Za-z_]\w*)$/;
const QUOTED = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g;

/** { join: '&&' | '||', rows: [{ fact, comparison, value }] }; null where the source says more than rows can. */
export function parse(source) {
  const bare = source.replace(QUOTED, (quoted) => ' '.repeat(quoted.length));
  if (!source.trim()) {
    return { join: '&&', rows: [] };
  }
  const joins = bare.match(/&&|\|\|/g) || [];
  if (new Set(joins).size > 1 || /[()?[\]{}]/.test(bare)) {
    return null;
  }
  const join = joins[0] || '&&';
  const rows = pieces(source, bare, join).map(row);
  return rows.every(Boolean) ? { join, rows } : null;
}

export function compose({ join, rows }, facts) {
  return rows.map((one) => written(one, facts.find((fact) => fact.name === one.fact))).join(` ${join} `);
}

function pieces(source, bare, join) {
  const found = [];
  let from = 0;
  for (let at = bare.indexOf(join); at >= 0; at = bare.indexOf(join, from)) {
    found.push(source.slice(from, at));
    from = at + join.length;
  }
  return [...found, source.slice(from)].map((one) => one.trim());
}

function row(piece) {
  const plain = PLAIN.exec(piece);
  if (plain && !['true', 'false'].includes(plain[2])) {
    return { fact: plain[2], comparison: '==', value: plain[1] ? 'false' : 'true' };
  }
  const found = ROW.exec(piece);
  return found && { fact: found[1], comparison: found[2], value: unquoted(found[3]) };
}

function unquoted(literal) {
  if (!/^["']/.test(literal)) {
    return literal;
  }
  return literal.slice(1, -1).replace(/\\(.)/g, '$1');
}

function written({ fact, comparison, value }, known) {
  if (known?.kind === 'yes_no') {
    return (value === 'false') === (comparison === '!=') ? fact : `!${fact}`;
  }
  if (known?.kind === 'number') {
    return `${fact} ${comparison} ${/^-?\d+(\.\d+)?$/.test(value) ? value : 0}`;
  }
  return `${fact} ${comparison} "${value.replace(/["\\]/g, '\\$&')}"`;
}
