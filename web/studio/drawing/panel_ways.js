// The ways out of a gateway: when each of them is taken.
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';

import { checkExpression } from './checking';
import { compose, parse } from './conditions';
import { choice, group, lines, press, said, text, tick } from './entries';
import { extensionOf } from './extensions';
import { outcomesOf } from './panel_steps';
import { say } from './talking';

const DECIDING = ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway'];
const COMPARISONS = { '==': 'is', '!=': 'is not', '<': 'is less than', '<=': 'is at most', '>': 'is more than', '>=': 'is at least' };
const FAR = 5;

export function wayGroups(flow, board) {
  if (!isAny(flow.source, DECIDING)) {
    return [group('way', say('When this way is taken'), [said('always', say('Always: only ways out of a gateway have a condition.'))])];
  }
  const isDefault = getBusinessObject(flow.source).get('default') === getBusinessObject(flow);
  return [
    group('way', say('When this way is taken'), [
      tick({
        id: 'default', label: say('Otherwise: if no other way fits'), get: () => isDefault,
        set: (yes) => board('modeling').updateProperties(flow.source, { default: yes ? getBusinessObject(flow) : undefined }),
      }),
      ...(isDefault ? [] : conditionEntries(flow, board)),
    ]),
  ];
}

function conditionEntries(flow, board) {
  const source = getBusinessObject(flow).get('conditionExpression')?.get('body') || '';
  const put = (body) => write(flow, body, board);
  const facts = factsFor(flow, board);
  const drawn = parse(source);
  const problem = checkExpression(source, () => board('eventBus').fire('propertiesPanel.providersChanged'));
  return [
    ...(drawn ? rowEntries(drawn, facts, put) : [said('by-hand', say('This condition was written by hand; it says more than the lists can.'))]),
    lines({ id: 'cel', label: say('As it is run (CEL)'), get: () => source, set: put, rows: 2, monospace: true }),
    problem ? said('cel-problem', problem, 'is-wrong') : source && said('cel-good', say('It can be run.'), 'is-right'),
  ].filter(Boolean);
}

function rowEntries(drawn, facts, put) {
  const { rows, join } = drawn;
  const change = (at, part) => {
    const changed = rows.map((one, place) => (place === at ? { ...one, ...part } : one));
    put(compose({ join, rows: changed }, facts));
  };
  const add = () => put(compose({ join, rows: [...rows, first(facts, rows)] }, facts));
  const remove = (at) => put(compose({ join, rows: rows.filter((_, place) => place !== at) }, facts));
  const joins = [{ value: '&&', label: say('all of these hold') }, { value: '||', label: say('one of these holds') }];
  return [
    rows.length > 1 && choice({
      id: 'join', label: say('It is taken if'), options: joins, get: () => join,
      set: (chosen) => put(compose({ join: chosen, rows }, facts)),
    }),
    ...rows.flatMap((one, at) => [
      ...row(one, at, facts, (part) => change(at, part)),
      rows.length > 1 && press({ id: `remove-${at}`, label: say('Take this out'), act: () => remove(at) }),
    ]),
    press({ id: 'add', label: rows.length ? say('Add another') : say('Choose a condition'), act: add }),
  ].filter(Boolean);
}

function row(drawn, at, facts, change) {
  const fact = facts.find((one) => one.name === drawn.fact);
  const kind = fact?.kind || 'text';
  const comparisons = Object.entries(COMPARISONS)
    .filter(([sign]) => kind === 'number' || ['==', '!='].includes(sign))
    .map(([value, label]) => ({ value, label: say(label) }));
  const values = kind === 'yes_no' ? [{ value: 'true', label: say('yes') }, { value: 'false', label: say('no') }] : fact?.values;
  const value = { id: `value-${at}`, label: say('Value'), get: () => drawn.value, set: (chosen) => change({ value: chosen ?? '' }) };
  return [
    choice({
      id: `fact-${at}`, label: at ? say('and this') : say('If this'), get: () => drawn.fact, help: fact?.help,
      options: facts.map((one) => ({ value: one.name, label: one.label })),
      set: (name) => change({ fact: name, comparison: '==', value: start(facts.find((one) => one.name === name)) }),
    }),
    choice({ id: `comparison-${at}`, label: say('Comparison'), options: comparisons, get: () => drawn.comparison, set: (sign) => change({ comparison: sign }) }),
    values?.length ? choice({ ...value, options: values }) : text({ ...value, help: fact?.free }),
  ];
}

function first(facts, rows) {
  const used = rows.map((one) => one.fact);
  const fact = facts.find((one) => !used.includes(one.name)) || facts[0];
  return { fact: fact.name, comparison: '==', value: start(fact) };
}

function start(fact) {
  if (fact.kind === 'yes_no') {
    return 'true';
  }
  return fact.kind === 'number' ? '0' : fact.values?.[0]?.value || fact.suggested || '';
}

function write(flow, body, board) {
  const expression = body?.trim() && board('bpmnFactory').create('bpmn:FormalExpression', { body: body.trim() });
  board('modeling').updateProperties(flow, { conditionExpression: expression || undefined });
}

/** What may be asked behind this gateway: what cases know, what the step before decides, what the drawing itself reckons. */
function factsFor(flow, board) {
  const vocabulary = board('vocabulary');
  const steps = stepsBefore(flow.source, FAR);
  const outcomes = steps.flatMap((step) => outcomesOf(step, vocabulary));
  const [outcome, ...others] = vocabulary.facts;
  const own = outcomes.length ? { values: distinct(outcomes) } : { free: say('A word for the decision, such as "approve"; the button carries the name of the way.'), suggested: 'approve' };
  const known = [{ ...outcome, ...own }, ...others];
  const more = [...answered(board), ...reckoned(board)].filter((fact) => !known.some((one) => one.name === fact.name));
  return [...known, ...distinct(more, 'name')];
}

function stepsBefore(node, far) {
  const sources = node.incoming.map((flow) => flow.source);
  return sources.flatMap((source) => {
    if (is(source, 'bpmn:UserTask')) {
      return [source];
    }
    return far && is(source, 'bpmn:Gateway') ? stepsBefore(source, far - 1) : [];
  });
}

function distinct(options, by = 'value') {
  return [...new Map(options.map((one) => [one[by], one])).values()];
}

/** What the forms of the city's own steps ask. */
function answered(board) {
  const steps = board('elementRegistry').filter((one) => is(one, 'bpmn:UserTask'));
  const used = new Set(steps.map((one) => extensionOf(one, 'cityloop:Task')?.get('form')));
  return board('vocabulary').forms.filter((form) => used.has(form.value)).flatMap((form) => form.facts);
}

function reckoned(board) {
  const scripts = board('elementRegistry').filter((one) => is(one, 'bpmn:ScriptTask'));
  const names = scripts.flatMap((one) => [...(getBusinessObject(one).get('script') || '').matchAll(/^\s*([A-Za-z_]\w*)\s*=(?!=)/gm)].map((found) => found[1]));
  return [...new Set(names)].map((name) => ({ name, label: name, kind: 'number' }));
}
