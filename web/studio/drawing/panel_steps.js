// Steps for people, and the lanes that say whose they are.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

import { choice, group, said, tick } from './entries';
import { extensionOf } from './extensions';
import { poolAround } from './lanes';
import { say } from './talking';

const TASK = 'cityloop:Task';
const OWN = 'step';
const ONLY_ROLE = 'yes'; // What drawings said before there was a list.

export function stepGroups(element, board) {
  const vocabulary = board('vocabulary');
  const task = extensionOf(element, TASK);
  const value = (name) => task?.get(name) || '';
  const set = (properties) => board('extensions').set(element, TASK, properties);
  const field = (name) => ({ get: () => value(name), set: (chosen) => set({ [name]: chosen || undefined }) });
  const act = vocabulary.acts.find((one) => one.value === value('act'));
  return [
    group('step', say('What is done'), [
      choice({
        id: 'act', label: say('Act'), options: [none(), ...vocabulary.acts], get: () => value('act'),
        set: (chosen) => set(withForm(vocabulary, chosen)),
        help: say('What the program does when the step is done. A step of your own only asks and goes on.'),
      }),
      choice({
        id: 'form', label: say('Form'), options: [none(), ...formsOf(vocabulary, act)], ...field('form'),
        help: say('What the person fills in.'),
      }),
      choice({
        id: 'stage', label: say('Stage of the case meanwhile'), options: [none(say('stays as it is')), ...vocabulary.stages],
        ...field('stage'),
      }),
    ]),
    group('who', say('Who does it, until when'), [
      choice({
        id: 'role', label: say('Role'), options: [none(), ...vocabulary.roles], get: () => roleOf(element),
        set: (role) => board('lanes').give(element, role),
        help: poolAround(element)
          ? say('The step moves into the lane of this role; where there is none, one is added.')
          : say('No lane can be drawn around the step: it keeps the role itself.'),
      }),
      !value('department') && said('reach', reachOf(vocabulary, roleOf(element))),
      (isOfDepartments(vocabulary, roleOf(element)) || value('department')) && choice({
        id: 'department', label: say('Department'), ...field('department'),
        options: [none(say('the one that has the case')), ...vocabulary.departments],
        help: say('Where nobody serves there, the nearest department above is asked, then the supervisors.'),
      }),
      choice({
        id: 'clock', label: say('Time limit'), options: [none(say('none of its own')), ...vocabulary.clocks],
        ...field('clock'), help: say('The clock starts with the step and stops with it. How long: in the settings.'),
      }),
    ]),
    group('notify', say('Who is told when it opens'), [
      ...notices(vocabulary, value('notify'), (names) => set({ notify: names.join(' ') || undefined })),
      said('notify-help', say('Whoever gets it by name and the people of a department are told in any case.')),
    ]),
    decisions(element, act),
  ];
}

export function laneGroups(element, board) {
  const vocabulary = board('vocabulary');
  const get = () => extensionOf(element, 'cityloop:Lane')?.get('role') || '';
  const set = (role) => board('lanes').call(element, role);
  return [
    group('who', say('Whose lane'), [
      choice({
        id: 'role', label: say('Role'), options: [none(), ...vocabulary.roles], get, set,
        help: say('Every step in this lane is offered to this role.'),
      }),
      said('reach', reachOf(vocabulary, get())),
    ]),
  ];
}

/** Role that a step names itself, or that of the innermost lane in which it lies. */
function roleOf(element) {
  const own = extensionOf(element, TASK)?.get('role');
  if (own) {
    return own;
  }
  for (let node = getBusinessObject(element); node; node = node.$parent) {
    for (const lane of node.get?.('lanes') || []) {
      const role = lane.get('extensionElements')?.get('values').find((one) => one.$type === 'cityloop:Lane');
      if (role?.get('role')) {
        return role.get('role');
      }
    }
  }
  return '';
}

/** What a step may end with, as [{ value, label }]; empty for one of the city's own. */
export function outcomesOf(element, vocabulary) {
  const act = extensionOf(element, TASK)?.get('act');
  return vocabulary.acts.find((one) => one.value === act)?.outcomes || [];
}

function decisions(element, act) {
  const drawn = element.outgoing.some((flow) => is(flow.target, 'bpmn:Gateway'));
  const named = (act?.outcomes || []).map((one) => one.label).join('、');
  const sentence = act && act.value !== OWN
    ? say('It can end with: %(outcomes)s.', { outcomes: named || '–' })
    : say('The person is offered the decisions that the ways behind the next gateway ask for.');
  return group('decisions', say('Decisions'), [
    said('outcomes', sentence),
    !drawn && said('no-gateway', say('Behind it is no gateway: it has one way on, whatever is decided.')),
  ]);
}

/** A check box for each list of people; a name that the server does not know has one too, to be taken out. */
function notices(vocabulary, drawn, set) {
  const chosen = drawn.split(/\s+/).filter(Boolean).map((name) => (name === ONLY_ROLE ? 'role' : name));
  const unknown = chosen.filter((name) => !vocabulary.notices.some((one) => one.value === name));
  const offered = [...vocabulary.notices, ...unknown.map((name) => ({ value: name, label: name }))];
  return offered.map(({ value, label }) => tick({
    id: `notify-${value}`, label, get: () => chosen.includes(value),
    set: (yes) => set(offered.map((one) => one.value).filter((name) => (name === value ? yes : chosen.includes(name)))),
  }));
}

function withForm(vocabulary, act) {
  const forms = vocabulary.forms.filter((one) => one.acts.includes(act));
  return { act: act || undefined, ...(forms.length && { form: forms[0].value }) };
}

function formsOf(vocabulary, act) {
  const fitting = vocabulary.forms.filter((one) => !act || one.acts.includes(act.value));
  return fitting.length ? fitting : vocabulary.forms;
}

function isOfDepartments(vocabulary, role) {
  return vocabulary.roles.find((one) => one.value === role)?.has_departments || false;
}

function reachOf(vocabulary, role) {
  return vocabulary.roles.find((one) => one.value === role)?.reach || say('It lies in no lane with a role yet.');
}

export function none(label = say('please choose')) {
  return { value: '', label: `– ${label} –` };
}
