// The bar above the drawing: each button names one act in data-tool.

const BESIDE_PALETTE = 110;
const MARGIN = 20;

/** Names can be read from here on; and the buttons that set tokens going are shown, which half the size hides. */
const READABLE = 0.55;

/** The drawing beside the palette rather than under it: all of it, but not smaller than `least`. */
export function showAll(modeler, least = 0.1) {
  const canvas = modeler.get('canvas');
  canvas.zoom(1);
  const { inner, outer } = canvas.viewbox();
  const room = { width: outer.width - BESIDE_PALETTE - 2 * MARGIN, height: outer.height - 2 * MARGIN };
  const fitting = Math.min(room.width / inner.width, room.height / inner.height);
  const scale = Math.min(1, Math.max(fitting, least));
  canvas.viewbox({
    x: inner.x - (BESIDE_PALETTE + MARGIN) / scale,
    y: inner.y - Math.max(MARGIN, (outer.height - inner.height * scale) / 2) / scale,
    width: outer.width / scale,
    height: outer.height / scale,
  });
}

/** As it is opened: large enough to be read, from its upper left corner. */
export function showFirst(modeler) {
  showAll(modeler, READABLE);
}

export function toolbar(bar, modeler, saving) {
  const board = (name) => modeler.get(name);
  const tools = {
    undo: () => board('commandStack').undo(),
    redo: () => board('commandStack').redo(),
    copy: () => board('selection').get().length && board('copyPaste').copy(board('selection').get()),
    paste: () => board('copyPaste').paste(),
    in: () => board('zoomScroll').stepZoom(1),
    out: () => board('zoomScroll').stepZoom(-1),
    fit: () => showAll(modeler),
    minimap: () => board('minimap').toggle(),
    simulate: () => {
      if (board('canvas').zoom() < READABLE) {
        showFirst(modeler);
      }
      board('toggleMode').toggleMode();
    },
    // The click that opens it would close it again on its way up.
    search: () => setTimeout(() => board('searchPad').toggle()),
    save: () => saving.now(),
  };
  bar.addEventListener('click', (event) => {
    const tool = event.target.closest('[data-tool]')?.dataset.tool;
    tools[tool]?.();
  });
  const button = (tool) => bar.querySelector(`[data-tool=${tool}]`);
  const refresh = () => {
    button('undo').disabled = !board('commandStack').canUndo();
    button('redo').disabled = !board('commandStack').canRedo();
    button('copy').disabled = !board('selection').get().length;
  };
  modeler.on(['commandStack.changed', 'selection.changed', 'import.done'], refresh);
  modeler.on('tokenSimulation.toggleMode', ({ active }) => button('simulate').setAttribute('aria-pressed', String(active)));
  modeler.on('minimap.toggle', ({ open }) => button('minimap').setAttribute('aria-pressed', String(open)));
  refresh();
}
