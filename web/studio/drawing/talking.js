// What the page asks of the server and sends to it; and its words in the reader's language.
import { query } from 'min-dom';

let words = {};

export function learn(given) {
  words = given;
}

/** A sentence in the reader's language; `%(name)s` places are filled from `values`. */
export function say(sentence, values = {}) {
  const text = words[sentence] || sentence;
  return text.replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ''));
}

export class Refusal extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/** The JSON at `address`. Raises Refusal with the server's own sentence; status 0 where no answer came. */
export async function ask(address, body) {
  let answer;
  try {
    answer = await fetch(address, body === undefined ? { headers: headers() } : sending(body));
  } catch (error) {
    throw new Refusal(0, say('The server does not answer. What you draw is kept here and sent again.'));
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Refusal(answer.status, reasons(told) || say('The server did not accept this.'));
  }
  return told;
}

/** Tell the server something while the page is being left. */
export function leave(address) {
  const form = new FormData();
  form.append('csrf_token', token());
  navigator.sendBeacon(address, form);
}

function reasons(told) {
  const fields = Object.values(told.fields || {}).flat();
  return [told.error, ...fields].filter(Boolean).join(' ');
}

function sending(body) {
  return {
    method: 'POST',
    headers: { ...headers(), 'Content-Type': 'application/json', 'X-CSRFToken': token() },
    body: JSON.stringify(body),
  };
}

function headers() {
  return { Accept: 'application/json' };
}

function token() {
  return JSON.parse(query('body').getAttribute('hx-headers'))['X-CSRFToken'];
}
