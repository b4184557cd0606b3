// What the program does by itself: registered actions with typed parameters, and facts that are reckoned.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';

import { checkScript } from './checking';
import { choice, group, lines, said, text, tick } from './entries';
import { extensionOf } from './extensions';
import { none } from './panel_steps';
import { say } from './talking';

const ACTION = 'cityloop:Action';

export function actionGroups(element, board) {
  const vocabulary = board('vocabulary');
  const drawn = extensionOf(element, ACTION);
  const action = vocabulary.actions.find((one) => one.value === drawn?.get('name'));
  const set = (name) => board('extensions').set(element, ACTION, { name: name || undefined, parameters: [] });
  const parameters = (action?.parameters || []).map((one) => parameter(element, one, drawn, board));
  return [
    group('action', say('What the program does'), [
      choice({
        id: 'action', label: say('Action'), options: [none(), ...vocabulary.actions],
        get: () => drawn?.get('name') || '', set,
        help: say('Done by itself, and tried again where it fails; after three times an administrator is told.'),
      }),
      ...parameters,
    ]),
  ];
}

function parameter(element, described, drawn, board) {
  const found = drawn?.get('parameters').find((one) => one.get('name') === described.name);
  const get = () => found?.get('value') || '';
  const set = (value) => board('extensions').parameter(element, described.name, value || undefined);
  const entry = { id: `parameter-${described.name}`, label: described.label, help: described.help, get, set };
  const problem = (value) => {
    if (!value) {
      return described.required ? say('Please fill this in.') : null;
    }
    return described.kind === 'number' && !/^-?\d+(\.\d+)?$/.test(value) ? say('Please give a number.') : null;
  };
  if (described.kind === 'yes_no') {
    return tick({ ...entry, get: () => get() === 'true', set: (yes) => set(yes ? 'true' : 'false') });
  }
  const list = described.list ? board('vocabulary')[described.list] : described.choices;
  return list?.length ? choice({ ...entry, options: [none(), ...list], check: problem }) : text({ ...entry, check: problem });
}

export function scriptGroups(element, board) {
  const object = getBusinessObject(element);
  const get = () => object.get('script') || '';
  const set = (script) => board('modeling').updateProperties(element, { script: script || undefined });
  const problem = checkScript(get(), () => board('eventBus').fire('propertiesPanel.providersChanged'));
  return [
    group('script', say('What is reckoned'), [
      lines({
        id: 'script', label: say('One line for each fact: name = expression'), rows: 4, monospace: true, get, set,
        help: say('For example: rounds = rounds + 1'),
      }),
      problem && said('script-problem', problem, 'is-wrong'),
    ]),
  ];
}
