// What somebody else changed, in words.
import { diff } from 'bpmn-js-differ';
import { BpmnModdle } from 'bpmn-moddle';

import { descriptor } from './extensions';
import { say } from './talking';

const KINDS = { _added: 'Added: %(names)s', _removed: 'Removed: %(names)s', _changed: 'Changed: %(names)s', _layoutChanged: 'Moved: %(names)s' };
const MOST = 8;

/** Sentences about what differs between two drawings; none where nothing does. */
export async function differences(before, after) {
  const moddle = new BpmnModdle({ cityloop: descriptor });
  const [old, young] = await Promise.all([moddle.fromXML(before), moddle.fromXML(after)]);
  const found = diff(old.rootElement, young.rootElement);
  return Object.entries(KINDS).filter(([kind]) => Object.keys(found[kind]).length).map(([kind, sentence]) => {
    const names = Object.entries(found[kind]).map(([id, one]) => (one.model || one).name || id);
    const shown = names.slice(0, MOST).join('、');
    return say(sentence, { names: names.length > MOST ? `${shown} …` : shown });
  });
}
