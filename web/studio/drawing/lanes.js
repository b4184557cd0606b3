// Giving a step to a role moves it into that role's lane, which is added where there is none.
import { is } from 'bpmn-js/lib/util/ModelUtil';

import { extensionOf } from './extensions';

export class Lanes {
  constructor(elementRegistry, modeling, extensions, vocabulary, canvas) {
    Object.assign(this, { registry: elementRegistry, modeling, extensions, vocabulary, canvas });
  }

  give(step, role) {
    const pool = this._poolOf(step);
    const lane = this._laneOf(role, pool) || (pool && this._add(pool, role));
    if (lane) {
      this._move(step, lane);
    }
  }

  call(lane, role) {
    const known = this.vocabulary.roles.map((one) => one.label);
    this.extensions.set(lane, 'cityloop:Lane', { role: role || undefined });
    // A name of one's own stays; one that was a role's follows the role.
    const name = lane.businessObject.name;
    if (role && (!name || known.includes(name))) {
      this.modeling.updateProperties(lane, { name: this._label(role) });
    }
  }

  _label(role) {
    return this.vocabulary.roles.find((one) => one.value === role)?.label || role;
  }

  _poolOf(step) {
    for (let shape = step; shape; shape = shape.parent) {
      if (is(shape, 'bpmn:Participant')) {
        return shape;
      }
    }
    return null;
  }

  _laneOf(role, pool) {
    return this.registry.find((shape) => is(shape, 'bpmn:Lane') && this._poolOf(shape) === pool
      && extensionOf(shape, 'cityloop:Lane')?.get('role') === role && !shape.children.some((one) => is(one, 'bpmn:Lane')));
  }

  _add(pool, role) {
    const lane = this.modeling.addLane(pool, 'bottom');
    this.call(lane, role);
    return lane;
  }

  _move(step, lane) {
    const delta = { x: 0, y: lane.y + lane.height / 2 - (step.y + step.height / 2) };
    const target = this._poolOf(lane) || lane.parent;
    this.modeling.moveElements([step, ...step.attachers], delta, target);
  }
}

Lanes.$inject = ['elementRegistry', 'modeling', 'extensions', 'vocabulary', 'canvas'];
