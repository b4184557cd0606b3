// Giving a step to a role moves it into that role's lane, which is added where there is none. Where no lane can be, because
// no pool is drawn or the step lies in a sub-process, the step names its role itself.
import { is } from 'bpmn-js/lib/util/ModelUtil';

import { extensionOf } from './extensions';

export class Lanes {
  constructor(elementRegistry, modeling, extensions, vocabulary, canvas) {
    Object.assign(this, { registry: elementRegistry, modeling, extensions, vocabulary, canvas });
  }

  give(step, role) {
    const pool = poolAround(step);
    this._keep(step, pool ? '' : role);
    if (pool && role) {
      this._move(step, this._laneOf(role, pool) || this._add(pool, role));
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

  /** A step's own role counts before that of its lane. */
  _keep(step, role) {
    if ((extensionOf(step, 'cityloop:Task')?.get('role') || '') !== role) {
      this.extensions.set(step, 'cityloop:Task', { role: role || undefined });
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

/** The pool in which a step lies by itself, so that it can be moved to another lane. */
export function poolAround(step) {
  return is(step.parent, 'bpmn:Participant') ? step.parent : null;
}
