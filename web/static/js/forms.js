// Help while filling in. Every form can be sent without this file; the server checks all of it again.
"use strict";

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  // Only after the browser has collected the values: a disabled button would not send its own.
  setTimeout(() => form.querySelectorAll("button:not([type=button])").forEach((button) => { button.disabled = true; }));
});

// Coming back by "back" shows the page as it was left: it may be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[data-once][data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
  });
});

const given = (form, name) =>
  [...form.elements].filter((one) => one.name === name && (one.type === "radio" || one.type === "checkbox" ? one.checked : true))
    .map((one) => one.value);

// The same rules as engine/forms/definition.py reads when the form is sent.
function holds(form, rule) {
  if (rule.all) return rule.all.every((one) => holds(form, one));
  if (rule.any) return rule.any.some((one) => holds(form, one));
  const answers = given(form, rule.field).map((answer) => answer.trim()).filter(Boolean);
  if (rule.answered) return answers.length > 0;
  if (rule.unanswered) return answers.length === 0;
  if ("at_least" in rule) return answers.some((answer) => Number(answer.normalize("NFKC")) >= rule.at_least);
  if ("at_most" in rule) return answers.some((answer) => Number(answer.normalize("NFKC")) <= rule.at_most);
  const isOne = answers.some((answer) => (rule.is || rule.is_not).includes(answer));
  return rule.is ? isOne : !isOne;
}

function showWhatIsAsked(form) {
  form.querySelectorAll("[data-visible-when]").forEach((field) => {
    field.hidden = !holds(form, JSON.parse(field.dataset.visibleWhen));
  });
}

function countCharacters(field) {
  let told = field.nextElementSibling;
  if (!told?.classList.contains("field-count")) {
    told = document.createElement("p");
    told.className = "field-count";
    field.after(told);
  }
  told.textContent = `${field.value.length} / ${field.maxLength}`;
}

// A long list of choices gets a box to find them by characters or pinyin initials.
function addFinder(select) {
  const all = [...select.options];
  const box = document.createElement("input");
  Object.assign(box, { type: "search", className: "form-control field-find", placeholder: select.dataset.find, autocomplete: "off" });
  box.setAttribute("aria-label", select.dataset.find);
  box.setAttribute("aria-controls", select.id);
  const fits = (option, text) => !option.value || option.selected
    || option.label.toLowerCase().includes(text) || (option.dataset.keys || "").includes(text);
  box.addEventListener("input", () => {
    const text = box.value.trim().toLowerCase();
    const found = all.filter((option) => fits(option, text));
    const chosen = select.value;
    select.replaceChildren(...found);
    const first = found.find((option) => option.value && (option.label.toLowerCase().includes(text) || (option.dataset.keys || "").includes(text)));
    select.value = text && first ? first.value : chosen;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      select.focus();
    }
  });
  select.before(box);
}

function putPhrase(list, text) {
  const field = document.getElementById(list.dataset.phrases);
  const glue = field.value && !/[。，；,.;\s]$/.test(field.value) ? (document.documentElement.lang === "en" ? ". " : "。") : "";
  field.value += glue + text;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Photos are shown before they are sent; what is too large is said at once rather than after minutes of sending.
function preview(input) {
  const list = document.getElementById(input.dataset.preview);
  const most = Number(input.dataset.mostMb) * 1024 * 1024;
  const tooLarge = [...input.files].some((file) => file.size > most);
  input.setCustomValidity(tooLarge ? input.dataset.tooLarge : "");
  if (tooLarge) input.reportValidity();
  if (!list) return;
  list.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
  list.replaceChildren(...[...input.files].map((file) => {
    const item = document.createElement("li");
    if (file.size > most) {
      item.className = "is-too-large";
      item.textContent = `${file.name}: ${input.dataset.tooLarge}`;
    } else {
      const image = document.createElement("img");
      image.alt = file.name;
      image.src = URL.createObjectURL(file);
      item.append(image);
    }
    return item;
  }));
}

document.addEventListener("submit", (event) => {
  const wrong = event.target.querySelector("input[data-most-mb]:invalid");
  if (!wrong) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  wrong.reportValidity();
}, true);

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-count]")) countCharacters(event.target);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("input[type=file][data-most-mb]")) preview(event.target);
  if (event.target.form) showWhatIsAsked(event.target.form);
});

document.addEventListener("click", (event) => {
  const phrase = event.target.closest("[data-phrases] button");
  if (phrase) putPhrase(phrase.closest("[data-phrases]"), phrase.textContent);
});

function dress(root) {
  root.querySelectorAll("form").forEach(showWhatIsAsked);
  root.querySelectorAll("[data-count]").forEach(countCharacters);
  root.querySelectorAll("select[data-find]").forEach(addFinder);
  root.querySelectorAll("[data-phrases]").forEach((list) => { list.hidden = false; });
  root.querySelector("[data-focus]")?.focus();
}

document.addEventListener("DOMContentLoaded", () => dress(document));
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) dress(event.target);
});
