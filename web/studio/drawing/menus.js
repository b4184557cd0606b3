// The pad beside an element and its menu offer only what the engine runs.
import { say } from './talking';

const LOW = 500;
const RUN = new Set([
  'replace-with-none-start', 'replace-with-none-end', 'replace-with-terminate-end', 'replace-with-message-intermediate-catch',
  'replace-with-timer-intermediate-catch', 'replace-with-exclusive-gateway', 'replace-with-parallel-gateway',
  'replace-with-inclusive-gateway', 'replace-with-event-based-gateway', 'replace-with-user-task',
  'replace-with-manual-task', 'replace-with-service-task', 'replace-with-script-task', 'replace-with-receive-task',
  'replace-with-subprocess', 'replace-with-expanded-subprocess', 'replace-with-message-boundary',
  'replace-with-timer-boundary', 'replace-with-non-interrupting-message-boundary',
  'replace-with-non-interrupting-timer-boundary', 'replace-with-sequence-flow', 'replace-with-default-flow',
]);
const NOT_OFFERED = ['append.append-task', 'append.intermediate-event', 'append.condition-intermediate-event',
  'append.signal-intermediate-event', 'append.compensation-activity'];

export class Pad {
  constructor(contextPad, elementFactory, create, autoPlace) {
    this._factory = elementFactory;
    this._create = create;
    this._autoPlace = autoPlace;
    contextPad.registerProvider(LOW, this);
  }

  getContextPadEntries() {
    return (entries) => {
      const appends = 'append.append-task' in entries;
      NOT_OFFERED.forEach((name) => delete entries[name]);
      return appends ? { ...this._appending(), ...entries } : entries;
    };
  }

  getMultiElementContextPadEntries() {
    return (entries) => entries;
  }

  _appending() {
    const timer = { eventDefinitionType: 'bpmn:TimerEventDefinition' };
    return {
      'append.user-task': this._entry('bpmn:UserTask', 'bpmn-icon-user-task', say('Add a step for people')),
      'append.service-task': this._entry('bpmn:ServiceTask', 'bpmn-icon-service-task', say('Add an action of the program')),
      'append.timer': this._entry('bpmn:IntermediateCatchEvent', 'bpmn-icon-intermediate-event-catch-timer',
        say('Add a wait'), timer),
    };
  }

  _entry(type, className, title, options = {}) {
    const shape = () => this._factory.createShape({ type, ...options });
    return {
      group: 'model',
      className,
      title,
      action: {
        click: (_, element) => this._autoPlace.append(element, shape()),
        dragstart: (event, element) => this._create.start(event, shape(), { source: element }),
      },
    };
  }
}

Pad.$inject = ['contextPad', 'elementFactory', 'create', 'autoPlace'];

export class Menu {
  constructor(popupMenu) {
    popupMenu.registerProvider('bpmn-replace', LOW, this);
  }

  getPopupMenuEntries() {
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([name]) => RUN.has(name)));
  }

  getPopupMenuHeaderEntries() {
    // Loops, several at once, ad hoc: not run here.
    return () => ({});
  }
}

Menu.$inject = ['popupMenu'];
