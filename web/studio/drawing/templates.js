// Templates of common steps: a few elements that are put into the drawing together, with their properties.
import { say } from './talking';

export class Templates {
  constructor(create, elementFactory, bpmnFactory) {
    this._create = create;
    this._factory = elementFactory;
    this._objects = bpmnFactory;
  }

  all() {
    return [
      ['confirm', { title: say('Template: confirm on site'), make: () => this._confirm() }],
      ['approve', { title: say('Template: approve, with a way for yes and one for no'), make: () => this._approve() }],
      ['countersign', { title: say('Template: countersign, two at the same time'), make: () => this._countersign() }],
      ['subprocess', { title: say('Template: sub-process'), make: () => this._subprocess() }],
    ];
  }

  start(event, name) {
    const { make } = new Map(this.all()).get(name);
    this._create.start(event, make());
  }

  _confirm() {
    const task = { form: 'confirmation', act: 'confirmation', stage: 'confirming', clock: 'confirmation' };
    return [this._step(say('Confirm on site'), 0, 0, task)];
  }

  _approve() {
    const step = this._step(say('Approval'), 0, 0, { form: 'step', act: 'step' });
    const asked = this._gateway('bpmn:ExclusiveGateway', say('Approved?'), 150, 15);
    return [step, asked, this._flow(step, asked)];
  }

  _countersign() {
    const split = this._gateway('bpmn:ParallelGateway', '', 0, 75);
    const first = this._step(say('First countersignature'), 110, 0, { form: 'step', act: 'step' });
    const second = this._step(say('Second countersignature'), 110, 120, { form: 'step', act: 'step' });
    const join = this._gateway('bpmn:ParallelGateway', '', 270, 75);
    const flows = [[split, first], [split, second], [first, join], [second, join]];
    return [split, first, second, join, ...flows.map(([from, to]) => this._flow(from, to))];
  }

  _subprocess() {
    const frame = this._factory.createShape({ type: 'bpmn:SubProcess', x: 0, y: 0, isExpanded: true });
    frame.businessObject.name = say('Sub-process');
    const begin = this._factory.createShape({ type: 'bpmn:StartEvent', x: 40, y: 82, parent: frame });
    const step = this._step(say('Step'), 125, 60, { form: 'step', act: 'step' }, frame);
    const end = this._factory.createShape({ type: 'bpmn:EndEvent', x: 275, y: 82, parent: frame });
    return [frame, begin, step, end, this._flow(begin, step, frame), this._flow(step, end, frame)];
  }

  _step(name, x, y, task, parent) {
    const shape = this._factory.createShape({ type: 'bpmn:UserTask', x, y, ...(parent && { parent }) });
    const object = shape.businessObject;
    const holder = this._objects.create('bpmn:ExtensionElements', { values: [] });
    const ours = this._objects.create('cityloop:Task', task);
    holder.$parent = object;
    ours.$parent = holder;
    holder.get('values').push(ours);
    object.name = name;
    object.extensionElements = holder;
    return shape;
  }

  _gateway(type, name, x, y) {
    const shape = this._factory.createShape({ type, x, y });
    if (name) {
      shape.businessObject.name = name;
    }
    return shape;
  }

  _flow(source, target, parent) {
    const middle = (shape) => shape.y + shape.height / 2;
    const waypoints = [
      { x: source.x + source.width, y: middle(source) },
      { x: target.x, y: middle(target) },
    ];
    return this._factory.createConnection({
      type: 'bpmn:SequenceFlow', source, target, waypoints, ...(parent && { parent }),
    });
  }
}

Templates.$inject = ['create', 'elementFactory', 'bpmnFactory'];
