// Saving by itself: a moment after the last change, one save at a time, each naming the revision that it was made on.
import { ask, leave, say } from './talking';

const AFTER_MS = 1200;
const AGAIN_MS = 5000;
const ALIVE_MS = 30000;

export class Saving {
  /** `places`: addresses; `hooks`: { state(word, kind), saved(), conflict(refusal), editing(who) }. */
  constructor(modeler, places, drawing, hooks) {
    Object.assign(this, { modeler, places, hooks, revision: drawing.revision, saved: drawing.xml, mayDraw: drawing.is_mine });
    this.isBlocked = false;
    this.busy = null;
    modeler.on('commandStack.changed', () => this.later());
    window.addEventListener('beforeunload', (event) => this.isDirty && event.preventDefault());
    window.addEventListener('pagehide', () => leave(places.absence));
    setInterval(() => this.alive(), ALIVE_MS);
  }

  later(after = AFTER_MS) {
    if (this.isBlocked) {
      return;
    }
    this.isDirty = true;
    this.hooks.state(say('Not saved yet'), 'waiting');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), after);
  }

  async now() {
    clearTimeout(this.timer);
    if (this.busy || this.isBlocked) {
      return this.busy;
    }
    this.busy = this._send().finally(() => { this.busy = null; });
    return this.busy;
  }

  async _send() {
    const { xml } = await this.modeler.saveXML({ format: true });
    this.isDirty = false;
    this.hooks.state(say('Saving…'), 'waiting');
    try {
      const told = await ask(this.places.revisions, { xml, revision: this.revision });
      this.revision = told.revision;
      this.saved = xml;
      this.hooks.state(say('Saved %(at)s', { at: told.saved_at }), 'good');
      this.hooks.saved(told);
    } catch (refusal) {
      this._refused(refusal);
    }
  }

  _refused(refusal) {
    this.isDirty = true;
    this.hooks.state(refusal.message, 'wrong');
    if (refusal.status === 409) {
      this.isBlocked = true;
      this.hooks.conflict(refusal);
    } else if (refusal.status === 0 || refusal.status >= 500) {
      this.timer = setTimeout(() => this.now(), AGAIN_MS);
    }
  }

  async alive() {
    const who = await ask(this.places.presence, {}).catch(() => null);
    if (who) {
      this.mayDraw = who.is_mine;
      this.hooks.editing(who);
    }
  }

  /** What stands on the server now is what is edited from here on. */
  begin(drawing) {
    Object.assign(this, { revision: drawing.revision, saved: drawing.xml, isBlocked: false, isDirty: false });
  }
}
