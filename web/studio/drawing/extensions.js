// Our own data in a drawing: elements of urn:cityloop:bpmn among the extension elements of BPMN's.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';

const text = (name) => ({ name, isAttr: true, type: 'String' });

export const descriptor = {
  name: 'CityLoop',
  uri: 'urn:cityloop:bpmn',
  prefix: 'cityloop',
  xml: { tagAlias: 'lowerCase' },
  types: [
    {
      name: 'Task',
      superClass: ['Element'],
      properties: [...['form', 'act', 'stage', 'clock', 'notify', 'department', 'role'].map(text),
        { name: 'properties', type: 'Property', isMany: true }],
    },
    { name: 'Property', superClass: ['Element'], properties: [text('name'), text('value')] },
    { name: 'Lane', superClass: ['Element'], properties: [text('role')] },
    { name: 'Timer', superClass: ['Element'], properties: [text('clock')] },
    { name: 'End', superClass: ['Element'], properties: [text('stage'), text('result')] },
    {
      name: 'Action',
      superClass: ['Element'],
      properties: [text('name'), { name: 'parameters', type: 'Parameter', isMany: true }],
    },
    { name: 'Parameter', superClass: ['Element'], properties: [text('name'), text('value')] },
  ],
};

export function extensionOf(element, type) {
  const holder = getBusinessObject(element).get('extensionElements');
  return holder?.get('values').find((one) => one.$type === type);
}

/** Writes our elements, so that each change is one step of undo. */
export class Extensions {
  constructor(modeling, bpmnFactory) {
    this._modeling = modeling;
    this._factory = bpmnFactory;
  }

  set(element, type, properties) {
    const found = extensionOf(element, type);
    if (found) {
      this._modeling.updateModdleProperties(element, found, properties);
    } else {
      this._add(element, type, properties);
    }
  }

  remove(element, type) {
    const holder = getBusinessObject(element).get('extensionElements');
    const left = holder?.get('values').filter((one) => one.$type !== type) || [];
    if (holder) {
      this._modeling.updateModdleProperties(element, holder, { values: left });
    }
  }

  parameter(element, name, value) {
    const action = extensionOf(element, 'cityloop:Action');
    const others = action.get('parameters').filter((one) => one.get('name') !== name);
    const parameters = [...others, ...(value === undefined ? [] : [this._parameter(action, name, value)])];
    this._modeling.updateModdleProperties(element, action, { parameters });
  }

  _parameter(action, name, value) {
    const parameter = this._factory.create('cityloop:Parameter', { name, value });
    parameter.$parent = action;
    return parameter;
  }

  _add(element, type, properties) {
    const object = getBusinessObject(element);
    const old = object.get('extensionElements');
    const holder = this._factory.create('bpmn:ExtensionElements', { values: [...(old?.get('values') || [])] });
    const created = this._factory.create(type, properties);
    holder.$parent = object;
    created.$parent = holder;
    holder.get('values').push(created);
    this._modeling.updateModdleProperties(element, object, { extensionElements: holder });
  }
}

Extensions.$inject = ['modeling', 'bpmnFactory'];
