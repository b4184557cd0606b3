// What can be said about the chosen element, in the words of administration.
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { isLabel } from 'diagram-js/lib/util/ModelUtil';

import { group, lines, said, text } from './entries';
import { eventGroups } from './panel_events';
import { laneGroups, stepGroups } from './panel_steps';
import { actionGroups, scriptGroups } from './panel_actions';
import { wayGroups } from './panel_ways';
import { say } from './talking';

export class Panel {
  constructor(propertiesPanel, injector) {
    this._injector = injector;
    propertiesPanel.registerProvider(this);
  }

  getGroups(shown) {
    return () => {
      const element = isLabel(shown) ? shown.labelTarget : shown;
      const board = (name) => this._injector.get(name);
      if (is(element, 'bpmn:Collaboration')) {
        return [group('whole', say('How to draw'), [
          said('how', say('Drag elements from the bar at the left, or add them beside a chosen element. What can be set about an element stands here once it is chosen.')),
        ])];
      }
      return [this._name(element), ...this._own(element, board), this._note(element)].filter(Boolean);
    };
  }

  _own(element, board) {
    if (isAny(element, ['bpmn:UserTask', 'bpmn:ManualTask'])) {
      return stepGroups(element, board);
    }
    if (is(element, 'bpmn:ServiceTask')) {
      return actionGroups(element, board);
    }
    if (is(element, 'bpmn:ScriptTask')) {
      return scriptGroups(element, board);
    }
    if (is(element, 'bpmn:Lane')) {
      return laneGroups(element, board);
    }
    if (is(element, 'bpmn:SequenceFlow')) {
      return wayGroups(element, board);
    }
    return isAny(element, ['bpmn:Event', 'bpmn:ReceiveTask']) ? eventGroups(element, board) : [];
  }

  _name(element) {
    const object = getBusinessObject(element);
    const property = is(element, 'bpmn:TextAnnotation') ? 'text' : 'name';
    const modeling = this._injector.get('modeling');
    return group('name', say('Name'), [
      text({
        id: 'name', label: is(element, 'bpmn:SequenceFlow') ? say('What the way is called') : say('What it is called'),
        get: () => object.get(property) || '',
        set: (value) => rename(element, property, value, modeling, this._injector),
      }),
      is(element, 'bpmn:Participant') && text({
        id: 'key', label: say('Key of the process'), get: () => object.get('processRef')?.id || '', disabled: true,
        set: () => {}, help: say('New cases look for it under this key; it stays as it is.'),
      }),
    ]);
  }

  _note(element) {
    const object = getBusinessObject(element);
    const modeling = this._injector.get('modeling');
    const factory = this._injector.get('bpmnFactory');
    const found = object.get('documentation')?.[0];
    const set = (value) => {
      const documentation = value ? [factory.create('bpmn:Documentation', { text: value })] : [];
      documentation.forEach((one) => { one.$parent = object; });
      modeling.updateModdleProperties(element, object, { documentation });
    };
    return group('more', say('For colleagues'), [
      lines({ id: 'documentation', label: say('Note'), get: () => found?.get('text') || '', set, rows: 2 }),
      text({ id: 'id', label: say('Technical id'), get: () => object.id, set: () => {}, disabled: true }),
    ]);
  }
}

Panel.$inject = ['propertiesPanel', 'injector'];

function rename(element, property, value, modeling, injector) {
  const object = getBusinessObject(element);
  modeling.updateProperties(element, { [property]: value || undefined });
  // The pool and its process are one thing to whoever draws.
  const process = is(element, 'bpmn:Participant') && object.get('processRef');
  if (process) {
    injector.get('modeling').updateModdleProperties(element, process, { name: value });
  }
}
