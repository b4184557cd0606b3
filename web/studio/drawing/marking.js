// What is wrong, and what people say: marks on the elements, and lists beside the drawing.
import { ask, say } from './talking';

export const WHOLE = 'drawing';

/** Marks elements with what the check says. `list` is where the sentences stand; a click leads to the element. */
export class Findings {
  constructor(modeler, address, list, count) {
    Object.assign(this, { modeler, address, list, count });
  }

  async look() {
    this.asked = (this.asked || 0) + 1;
    const mine = this.asked;
    this.count.textContent = '…';
    this.list.dataset.looked = 'no';
    // The rules answer at once; the dry run, which takes a moment, is worth while only where they find no error.
    for (const address of [this.address, `${this.address}?deep=1`]) {
      const told = await ask(address).catch(() => null);
      if (!told || mine !== this.asked) {
        return;
      }
      this.show(told.findings);
      if (told.findings.some((one) => one.grade === 'error')) {
        break;
      }
      this.count.textContent = '…';
    }
    this.count.textContent = String(this.list.querySelectorAll('.studio-finding').length);
    this.list.dataset.looked = 'yes';
  }

  show(findings) {
    clear(this.modeler, 'finding');
    this.count.textContent = String(findings.length);
    this.count.closest('section').classList.toggle('has-findings', findings.length > 0);
    this.list.replaceChildren(...findings.map((one) => this._line(one)));
    if (!findings.length) {
      this.list.append(line('studio-empty', say('Nothing is wrong: this drawing could go live.')));
    }
    for (const [element, found] of grouped(findings)) {
      mark(this.modeler, element, 'finding', found.map((one) => one.text).join('\n'), { top: -14, right: 14 }, found);
    }
  }

  _line(finding) {
    const item = document.createElement('li');
    item.className = `studio-finding is-${finding.grade}`;
    item.append(leading(this.modeler, finding.element, finding.text));
    if (finding.hint) {
      item.append(line('studio-hint', finding.hint, 'p'));
    }
    return item;
  }
}

/** Comments on elements. */
export class Comments {
  constructor(modeler, address, parts) {
    Object.assign(this, { modeler, address, ...parts });
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.add();
    });
  }

  async load() {
    this.show((await ask(this.address)).comments);
  }

  async add() {
    const element = this.about || WHOLE;
    const text = this.text.value;
    this.error.textContent = '';
    try {
      this.show((await ask(this.address, { element, text })).comments);
      this.text.value = '';
    } catch (refusal) {
      this.error.textContent = refusal.message;
    }
  }

  choose(element) {
    this.about = element?.id;
    this.subject.textContent = element ? nameOf(element) : say('the whole drawing');
  }

  show(comments) {
    clear(this.modeler, 'comment');
    const open = comments.filter((one) => !one.resolved_by);
    this.count.textContent = String(open.length);
    this.list.replaceChildren(...open.map((one) => this._line(one)));
    for (const [element, found] of grouped(open)) {
      const told = found.map((one) => `${one.by}: ${one.text}`).join('\n');
      mark(this.modeler, element, 'comment', told, { top: -14, left: -6 }, found);
    }
  }

  _line(comment) {
    const item = document.createElement('li');
    const done = document.createElement('button');
    Object.assign(done, { type: 'button', className: 'btn btn-sm btn-ghost-secondary', textContent: say('Settled') });
    done.addEventListener('click', async () => {
      const told = await ask(`${this.address}/${comment.id}/resolution`, {}).catch(() => ask(this.address));
      this.show(told.comments);
    });
    const who = line('studio-who', `${comment.by} · ${comment.at}`, 'span');
    item.append(leading(this.modeler, comment.element, comment.text), who, done);
    return item;
  }
}

function grouped(entries) {
  const found = new Map();
  entries.forEach((one) => found.set(one.element, [...(found.get(one.element) || []), one]));
  return found;
}

function clear(modeler, kind) {
  modeler.get('overlays').remove({ type: kind });
}

function mark(modeler, id, kind, told, position, found) {
  if (!modeler.get('elementRegistry').get(id)) {
    return;
  }
  const html = line(`studio-mark studio-mark-${kind} ${found.some((one) => one.grade === 'error') ? 'is-error' : ''}`, '', 'div');
  html.textContent = kind === 'comment' ? String(found.length) : '!';
  html.title = told;
  html.setAttribute('role', 'img');
  html.setAttribute('aria-label', told);
  modeler.get('overlays').add(id, kind, { position, html });
}

function leading(modeler, id, text) {
  const element = modeler.get('elementRegistry').get(id);
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'studio-lead';
  if (element) {
    button.append(line('studio-where', nameOf(element), 'span'));
    button.addEventListener('click', () => show(modeler, element));
  }
  button.append(line('', text, 'span'));
  return button;
}

export function show(modeler, element) {
  modeler.get('canvas').scrollToElement(element, 120);
  modeler.get('selection').select(element);
}

export function nameOf(element) {
  return element.businessObject?.name || element.businessObject?.id || element.id;
}

function line(className, text, tag = 'li') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
