// The drawing tools put together: bpmn-js with our palette, menus, properties and words.
import Modeler from 'bpmn-js/lib/Modeler';
import AlignElements from 'bpmn-js/lib/features/align-elements';
import DistributeElements from 'bpmn-js/lib/features/distribute-elements';
import TokenSimulation from 'bpmn-js-token-simulation/lib/modeler';
import Minimap from 'diagram-js-minimap';
import { BpmnPropertiesPanelModule } from 'bpmn-js-properties-panel';

import { Copying } from './copying';
import { learnWords } from './domify';
import { descriptor, Extensions } from './extensions';
import { Lanes } from './lanes';
import { Menu, Pad } from './menus';
import Palette from './palette';
import { Panel } from './panel';
import { Templates } from './templates';
import { wordsIn } from './tool_words';

// Their icons carry styles inside their text, which our policy does not let in.
const LEFT_OUT = [AlignElements, DistributeElements];

class Board extends Modeler {}
Board.prototype._modelingModules = Modeler.prototype._modelingModules.filter((one) => !LEFT_OUT.includes(one));

export function board({ canvas, panel, language, vocabulary }) {
  learnWords(wordsIn(language));
  return new Board({
    container: canvas,
    ...fonts(),
    propertiesPanel: { parent: panel },
    moddleExtensions: { cityloop: descriptor },
    additionalModules: [
      BpmnPropertiesPanelModule,
      TokenSimulation,
      Minimap,
      {
        __init__: ['panel', 'pad', 'menu', 'copying'],
        vocabulary: ['value', vocabulary],
        extensions: ['type', Extensions],
        lanes: ['type', Lanes],
        templates: ['type', Templates],
        panel: ['type', Panel],
        pad: ['type', Pad],
        menu: ['type', Menu],
        copying: ['type', Copying],
        paletteProvider: ['type', Palette],
        translate: ['value', translator(language)],
      },
    ],
  });
}

/** The page's own font: the tools would ask for one that has no Chinese. */
export function fonts() {
  const { fontFamily } = getComputedStyle(document.body);
  return { textRenderer: { defaultStyle: { fontFamily }, externalStyle: { fontFamily } } };
}

function translator(language) {
  const word = wordsIn(language);
  return (template, values = {}) => {
    const text = word(template) ?? template;
    return text.replace(/{([^}]+)}/g, (whole, name) => (name in values ? values[name] : whole));
  };
}

/** On a phone: the drawing to look at, without tools. */
export { default as Viewer } from 'bpmn-js/lib/NavigatedViewer';
