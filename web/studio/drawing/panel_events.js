// Waiting: for a clock, for a while, for a message; and what an end means for the case.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

import { choice, group, said, text } from './entries';
import { checkExpression } from './checking';
import { extensionOf } from './extensions';
import { none } from './panel_steps';
import { say } from './talking';

const DURATION = /^"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?"$/;
const UNITS = { D: 'days', H: 'hours', M: 'minutes' };

export function eventGroups(element, board) {
  if (is(element, 'bpmn:EndEvent')) {
    return [endGroup(element, board)];
  }
  const timer = definition(element, 'bpmn:TimerEventDefinition');
  if (timer) {
    return [timerGroup(element, timer, board)];
  }
  const holder = is(element, 'bpmn:ReceiveTask') ? getBusinessObject(element) : definition(element, 'bpmn:MessageEventDefinition');
  return holder ? [messageGroup(element, holder, board)] : [];
}

function timerGroup(element, timer, board) {
  const clock = () => extensionOf(element, 'cityloop:Timer')?.get('clock') || '';
  const source = timer.get('timeDuration')?.get('body') || timer.get('timeDate')?.get('body') || '';
  const waits = kindOf(element, clock(), source);
  const write = (body) => writeDuration(element, timer, body, board);
  const setKind = (kind) => {
    if (kind === 'clock') {
      write(undefined);
      board('extensions').set(element, 'cityloop:Timer', { clock: board('vocabulary').clocks[0]?.value });
    } else {
      board('extensions').remove(element, 'cityloop:Timer');
      write(kind === 'while' ? '"PT30M"' : 'timestamp("2026-01-01T00:00:00Z")');
    }
  };
  const kinds = [
    { value: 'clock', label: say('until a time limit of the case runs out') },
    { value: 'while', label: say('for a while, on the clock') },
    { value: 'moment', label: say('until a moment that is reckoned (CEL)') },
  ];
  return group('timer', say('How long it waits'), [
    choice({ id: 'timer-kind', label: say('It waits'), options: waits ? kinds : [none(), ...kinds], get: () => waits, set: setKind }),
    ...(waits === 'clock' ? [clockEntry(element, clock, board)] : []),
    ...(waits === 'while' ? durationEntries(source, write) : []),
    ...(waits === 'moment' ? momentEntries(source, write, board) : []),
    is(element, 'bpmn:BoundaryEvent') && said('boundary', getBusinessObject(element).get('cancelActivity')
      ? say('When it fires, the step is taken off and this way is gone instead.')
      : say('When it fires, the step stays open and this way is gone beside it.')),
  ]);
}

function kindOf(element, clock, source) {
  if (extensionOf(element, 'cityloop:Timer') && (clock || !source)) {
    return 'clock';
  }
  if (!source) {
    return '';
  }
  return DURATION.test(source.trim()) ? 'while' : 'moment';
}

function clockEntry(element, get, board) {
  return choice({
    id: 'timer-clock', label: say('Time limit'), options: [none(), ...board('vocabulary').clocks], get,
    set: (clock) => board('extensions').set(element, 'cityloop:Timer', { clock: clock || undefined }),
    help: say('Pauses and extensions count: the moment is the one that the case page shows.'),
  });
}

function durationEntries(source, write) {
  const [, days, hours, minutes] = DURATION.exec(source.trim());
  const unit = minutes ? 'M' : hours ? 'H' : 'D';
  const amount = (Number(days || 0) * 24 + Number(hours || 0)) * 60 + Number(minutes || 0);
  const shown = { M: amount, H: amount / 60, D: amount / 1440 }[unit];
  const put = (number, chosen) => write(chosen === 'D' ? `"P${number}D"` : `"PT${number}${chosen}"`);
  const right = (value) => (/^[1-9]\d{0,4}$/.test(value) ? null : say('Please give a whole number, at least 1.'));
  return [
    text({ id: 'timer-amount', label: say('How long'), get: () => String(shown), check: right,
      set: (value) => right(value) || put(value, unit) }),
    choice({
      id: 'timer-unit', label: say('Unit'), get: () => unit, set: (chosen) => put(shown, chosen),
      options: Object.entries(UNITS).map(([value, label]) => ({ value, label: say(label) })),
    }),
  ];
}

function momentEntries(source, write, board) {
  const problem = checkExpression(source, () => board('eventBus').fire('propertiesPanel.providersChanged'));
  return [
    text({ id: 'timer-moment', label: say('Moment or duration (CEL)'), get: () => source, set: write,
      help: say('A text such as "PT30M" in quotation marks, or an expression.') }),
    problem && said('timer-problem', problem, 'is-wrong'),
  ].filter(Boolean);
}

function writeDuration(element, timer, body, board) {
  const expression = body && board('bpmnFactory').create('bpmn:FormalExpression', { body });
  if (expression) {
    expression.$parent = timer;
  }
  board('modeling').updateModdleProperties(element, timer, {
    timeDuration: expression || undefined, timeDate: undefined, timeCycle: undefined,
  });
}

function messageGroup(element, holder, board) {
  const message = holder.get('messageRef');
  const set = (name) => {
    if (message) {
      board('modeling').updateModdleProperties(element, message, { name });
      return;
    }
    const definitions = board('canvas').getRootElement().businessObject.$parent;
    const created = board('bpmnFactory').create('bpmn:Message', { name });
    created.$parent = definitions;
    board('modeling').updateModdleProperties(element, definitions, { rootElements: [...definitions.get('rootElements'), created] });
    board('modeling').updateModdleProperties(element, holder, { messageRef: created });
  };
  return group('message', say('What it waits for'), [
    text({ id: 'message', label: say('Name of the message'), get: () => message?.get('name') || '', set,
      check: (value) => (value ? null : say('Please fill this in.')) }),
  ]);
}

function endGroup(element, board) {
  const vocabulary = board('vocabulary');
  const end = extensionOf(element, 'cityloop:End');
  const field = (name) => ({
    get: () => end?.get(name) || '',
    set: (value) => board('extensions').set(element, 'cityloop:End', { [name]: value || undefined }),
  });
  return group('end', say('What this end means'), [
    choice({ id: 'end-stage', label: say('Stage of the case'), options: [none(say('stays as it is')), ...vocabulary.stages], ...field('stage') }),
    choice({ id: 'end-result', label: say('Result'), options: [none(say('none of its own')), ...vocabulary.results], ...field('result') }),
  ]);
}

function definition(element, type) {
  return getBusinessObject(element).get('eventDefinitions')?.find((one) => one.$type === type);
}
