// What can be drawn: only what the engine runs, and templates of common steps.
import PaletteProvider from 'bpmn-js/lib/features/palette/PaletteProvider';
import { assign } from 'min-dash';

import { say } from './talking';

const NOT_RUN = ['create.data-object', 'create.data-store', 'create.task', 'create.intermediate-event', 'create.group'];

export default class Palette extends PaletteProvider {
  constructor(palette, create, elementFactory, spaceTool, lassoTool, handTool, globalConnect, translate, templates, eventBus) {
    super(palette, create, elementFactory, spaceTool, lassoTool, handTool, globalConnect, translate);
    this._templates = templates;
    eventBus.on('palette.create', ({ container }) => eventBus.on('palette.changed', () => showTitles(container)));
  }

  getPaletteEntries() {
    const entries = super.getPaletteEntries();
    NOT_RUN.forEach((name) => delete entries[name]);
    return assign(entries, this._steps(), this._templateEntries());
  }

  _steps() {
    const shape = (type, options) => (event) =>
      this._create.start(event, this._elementFactory.createShape({ type, ...options }));
    const entry = (group, className, title, make) => ({ group, className, title, action: { dragstart: make, click: make } });
    const timer = { eventDefinitionType: 'bpmn:TimerEventDefinition' };
    return {
      'create.timer': entry('event', 'bpmn-icon-intermediate-event-catch-timer', say('Timer: wait, or at the edge of a step'),
        shape('bpmn:IntermediateCatchEvent', timer)),
      'create.user-task': entry('activity', 'bpmn-icon-user-task', say('Step for people'), shape('bpmn:UserTask')),
      'create.service-task': entry('activity', 'bpmn-icon-service-task', say('Action of the program'),
        shape('bpmn:ServiceTask')),
    };
  }

  _templateEntries() {
    const entries = { 'template-separator': { group: 'template', separator: true } };
    for (const [name, template] of this._templates.all()) {
      const start = (event) => this._templates.start(event, name);
      entries[`template.${name}`] = {
        group: 'template',
        className: `studio-template studio-template-${name}`,
        title: template.title,
        action: { dragstart: start, click: start },
      };
    }
    return entries;
  }
}

Palette.$inject = ['palette', 'create', 'elementFactory', 'spaceTool', 'lassoTool', 'handTool', 'globalConnect',
  'translate', 'templates', 'eventBus'];

/** The bar says its titles to screen readers only; whoever points at a symbol wants to read them, too. */
function showTitles(bar) {
  for (const entry of bar.querySelectorAll('.entry[aria-label]')) {
    entry.title = entry.getAttribute('aria-label');
  }
}
