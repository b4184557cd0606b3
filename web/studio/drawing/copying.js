// Copying between processes: what was copied is kept in this browser, so that another drawing can paste it.
const KEY = 'cityloop.studio.copied';

export class Copying {
  constructor(eventBus, clipboard, moddle) {
    eventBus.on('copyPaste.elementsCopied', ({ tree, hints }) => {
      if (hints.clip !== false) {
        localStorage.setItem(KEY, JSON.stringify(tree));
      }
    });
    // Before the tool's own: an older copy of this page gives way to a newer one of another.
    eventBus.on('copyPaste.pasteElements', 2000, (event) => {
      const kept = localStorage.getItem(KEY);
      if (kept && !event.tree) {
        event.tree = JSON.parse(kept, reviver(moddle));
        clipboard.set(event.tree);
      }
    });
  }
}

Copying.$inject = ['eventBus', 'clipboard', 'moddle'];

/** Makes BPMN's objects again of what JSON kept of them. An object is revived after its parts, which learn whose they are. */
function reviver(moddle) {
  const known = new Map();
  return (key, object) => {
    if (typeof object !== 'object' || object === null || typeof object.$type !== 'string') {
      return object;
    }
    if (object.id && known.has(object.id)) {
      return known.get(object.id);
    }
    const { $type, ...attributes } = object;
    const made = moddle.create($type, attributes);
    for (const value of Object.values(attributes).flat()) {
      if (value && typeof value === 'object' && value.$type) {
        value.$parent = made;
      }
    }
    if (object.id) {
      known.set(object.id, made);
    }
    return made;
  };
}
