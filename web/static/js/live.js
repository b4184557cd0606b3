// Keeps a board or a wall fresh: from a stream of events where there is a place, else by asking every 15 seconds.
// <… data-live="address of the stream">; numbers in [data-figure], rows in [data-happened], fragments that htmx renews.
"use strict";

const POLL_MS = 15000; // without a stream
const TABLES_MS = 30000; // tables and maps, at most this often
const AGAIN_MS = 120000; // until a place is looked for again

const root = document.querySelector("[data-live]");
let polling = null;
let renewed = Date.now();
let due = null;

function renewTables() {
  clearTimeout(due);
  due = null;
  renewed = Date.now();
  htmx.trigger(document.body, "renew-tables");
  document.querySelectorAll("[data-renewed]").forEach((map) => map.dispatchEvent(new Event("renew")));
}

// Something changed: tables follow soon, but not at every event.
function tablesSoon() {
  due ??= setTimeout(renewTables, Math.max(2000, renewed + TABLES_MS - Date.now()));
}

function write(figures) {
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  let changed = false;
  Object.entries(figures).forEach(([name, value]) => {
    document.querySelectorAll(`[data-figure="${name}"]`).forEach((place) => {
      const text = numbers.format(value);
      if (place.textContent === text) return;
      place.textContent = text;
      place.classList.add("is-new");
      setTimeout(() => place.classList.remove("is-new"), 2000);
      changed = true;
    });
  });
  return changed;
}

const part = (tag, text, name) => {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name) element.className = name;
  return element;
};

function row({ address, title, who, what, when }) {
  const item = document.createElement("li");
  const link = part("a", title);
  link.href = address;
  item.append(part("span", when, "text-secondary"), " ", link, " ", part("span", `${who} ${what}`, "happened-what"));
  return item;
}

function happened(entries) {
  const list = document.querySelector("[data-happened]");
  if (!list || !entries.length) return;
  list.querySelectorAll("li:not(:has(a))").forEach((empty) => empty.remove());
  list.prepend(...entries.map(row));
  [...list.children].slice(Number(list.dataset.happened)).forEach((old) => old.remove());
}

function asOf(time) {
  const place = document.querySelector("[data-as-of]");
  if (place) place.textContent = time;
}

function say(word) {
  const place = document.querySelector("[data-live-state]");
  if (!place) return;
  place.hidden = false;
  place.textContent = place.dataset[word];
}

function poll() {
  if (polling) return;
  say("off");
  let turn = 0;
  polling = setInterval(() => {
    if (document.hidden) return;
    htmx.trigger(document.body, "renew-figures");
    turn += 1;
    if (turn % 4 === 0 || !document.getElementById("figures")) renewTables();
  }, POLL_MS);
  setTimeout(listen, AGAIN_MS);
}

function listen() {
  const stream = new EventSource(root.dataset.live);
  stream.addEventListener("open", () => {
    clearInterval(polling);
    polling = null;
    say("on");
  });
  stream.addEventListener("figures", (event) => {
    const { figures, at } = JSON.parse(event.data);
    asOf(at);
    if (write(figures)) tablesSoon();
  });
  stream.addEventListener("happened", (event) => {
    happened(JSON.parse(event.data));
    tablesSoon();
  });
  stream.addEventListener("error", () => {
    // A stream that only came to its end is opened again by the browser; one that was refused is not.
    if (stream.readyState === EventSource.CLOSED) poll();
  });
  window.addEventListener("pagehide", () => stream.close());
}

if (root) {
  if (window.EventSource) listen();
  else poll();
  // Loaded anew now and then, as by hand: a wall stays signed in until the day's session ends.
  if (root.dataset.reload) setTimeout(() => window.location.reload(), 1000 * Number(root.dataset.reload));
  // What time alone changes is seen, too.
  setInterval(() => { if (Date.now() - renewed > 4 * TABLES_MS && !document.hidden) renewTables(); }, TABLES_MS);
}
