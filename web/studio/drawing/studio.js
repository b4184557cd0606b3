// The page on which a draft is drawn. Everything that it shows and says comes from the server it was loaded from.
import { query } from 'min-dom';

import { board, fonts, Viewer } from './board';
import { checkAt } from './checking';
import { differences } from './differences';
import { Comments, Findings } from './marking';
import { Saving } from './saving';
import { ask, learn, say } from './talking';
import { showFirst, toolbar } from './toolbar';

import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import '@bpmn-io/properties-panel/assets/properties-panel.css';
import 'bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';

const NARROW = '(max-width: 767.98px)';
const page = query('#studio');
const part = (name) => query(`[data-part=${name}]`);

begin().catch((error) => {
  tell(error.message, 'wrong');
  throw error;
});

async function begin() {
  const places = page.dataset;
  const [vocabulary, drawing] = await Promise.all([ask(places.vocabulary), ask(places.drawing)]);
  learn(vocabulary.words);
  if (places.mayDraw !== 'yes' || window.matchMedia(NARROW).matches) {
    await look(places, drawing);
  } else {
    checkAt(places.expressions);
    await draw(places, vocabulary, drawing);
  }
}

/** To look at and to talk about: on a phone, for who reviews, and once it is handed in. */
async function look(places, drawing) {
  const viewer = new Viewer({ container: part('canvas'), ...fonts() });
  await viewer.importXML(drawing.xml);
  viewer.get('canvas').zoom('fit-viewport', 'auto');
  tell(say('This is what was saved last.'), 'good');
  page.dataset.ready = 'yes';
  const findings = new Findings(viewer, places.findings, part('findings'), part('findings-count'));
  await Promise.all([findings.look(), commenting(places, viewer).load()]);
}

function commenting(places, modeler) {
  const comments = new Comments(modeler, places.comments, {
    list: part('comments'), count: part('comments-count'), form: part('comment-form'), text: part('comment-text'),
    subject: part('comment-subject'), error: part('comment-error'),
  });
  modeler.on('selection.changed', ({ newSelection }) => comments.choose(newSelection[0]));
  comments.choose();
  return comments;
}

function tell(text, kind) {
  part('state').textContent = text;
  part('state').dataset.kind = kind;
}

async function draw(places, vocabulary, drawing) {
  const language = document.documentElement.lang;
  const modeler = board({ canvas: part('canvas'), panel: part('panel'), language, vocabulary });
  await open(modeler, drawing);
  const findings = new Findings(modeler, places.findings, part('findings'), part('findings-count'));
  const comments = commenting(places, modeler);
  const saving = new Saving(modeler, places, drawing, {
    state: tell,
    saved: (told) => {
      part('name').textContent = told.name;
      findings.look();
    },
    conflict: (refusal) => conflict(refusal, modeler, saving, findings),
    editing: (who) => editing(who),
  });
  tell(say('This is what was saved last.'), 'good');
  toolbar(part('toolbar'), modeler, saving);
  takeover(places, modeler, saving, findings);
  page.dataset.ready = 'yes';
  await Promise.all([findings.look(), comments.load(), saving.alive()]);
}

async function open(modeler, drawing) {
  await modeler.importXML(drawing.xml);
  showFirst(modeler);
}

function editing(who) {
  const isOther = !who.is_mine && who.editor;
  part('editing').hidden = !isOther;
  part('editor').textContent = isOther ? say('%(name)s is drawing here now.', { name: who.editor }) : '';
  page.classList.toggle('is-looking-on', Boolean(isOther));
}

function takeover(places, modeler, saving, findings) {
  part('takeover').addEventListener('click', async () => {
    editing(await ask(places.takeover, {}));
    await reload(places, modeler, saving, findings);
  });
}

async function reload(places, modeler, saving, findings) {
  const drawing = await ask(places.drawing);
  await open(modeler, drawing);
  saving.begin(drawing);
  tell(say('This is what was saved last.'), 'good');
  findings.look();
}

/** Somebody else was faster: who, what he changed, and what to do now. Nothing of what was drawn here is lost by itself. */
async function conflict(refusal, modeler, saving, findings) {
  const theirs = await ask(page.dataset.drawing);
  const changes = await differences(saving.saved, theirs.xml).catch(() => []);
  part('conflict-text').textContent = refusal.message;
  part('conflict-who').textContent = say('%(name)s, %(at)s', { name: theirs.changed_by, at: theirs.changed_at });
  const items = changes.map((one) => Object.assign(document.createElement('li'), { textContent: one }));
  part('conflict-changes').replaceChildren(...items);
  const { xml } = await modeler.saveXML({ format: true });
  const copy = URL.createObjectURL(new Blob([xml], { type: 'application/xml' }));
  Object.assign(part('conflict-copy'), { href: copy, download: `${theirs.key}-copy.bpmn` });
  part('conflict-load').onclick = () => {
    part('conflict').close();
    reload(page.dataset, modeler, saving, findings).then(() => saving.alive());
  };
  part('conflict').showModal();
}
