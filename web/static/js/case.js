// The case page and its forms. Every page works without this file.
"use strict";

// The button says where the case will go, once a department is chosen.
function sayWhere(button) {
  const select = document.getElementById(button.dataset.saysOf);
  const plain = button.textContent;
  const say = () => {
    const chosen = select.selectedOptions[0];
    button.textContent = chosen?.value ? button.dataset.says.replace("…", chosen.label) : plain;
  };
  select.addEventListener("change", say);
  say();
}

// Another category has other filing conditions, another place other components: those questions are fetched while the
// rest of the form stays as it is.
function follow(form, address, name, causes) {
  const fetchIt = async () => {
    const answers = new FormData(form);
    const query = new URLSearchParams([...causes, name].map((one) => [one, answers.get(one) || ""]));
    const answer = await fetch(`${address}?${query}`);
    if (!answer.ok) return;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    form.querySelector(`#group-${name}`).replaceWith(holder.content.firstElementChild);
  };
  form.addEventListener("change", ({ target }) => {
    if (causes.includes(target.name)) fetchIt();
  });
}

// What a request would change is shown as soon as it is typed.
function preview(form) {
  const show = async () => {
    const answers = new FormData(form);
    const query = new URLSearchParams(["value", "until"].map((one) => [one, answers.get(one) || ""]));
    const answer = await fetch(`${form.dataset.preview}?${query}`);
    if (!answer.ok) return;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    form.querySelector("#preview").replaceWith(holder.content.firstElementChild);
  };
  form.addEventListener("change", ({ target }) => {
    if (["value", "until"].includes(target.name)) show();
  });
}

// The drawing opens with its token in view, and moves by dragging.
function openDrawing(box) {
  const token = box.querySelector(".is-here");
  if (token) {
    const place = token.getBoundingClientRect();
    const frame = box.getBoundingClientRect();
    box.scrollLeft += place.left - frame.left - (frame.width - place.width) / 2;
    box.scrollTop += place.top - frame.top - (frame.height - place.height) / 2;
  }
  let from = null;
  box.addEventListener("pointerdown", ({ clientX, clientY, pointerType }) => {
    if (pointerType === "mouse") from = { x: clientX + box.scrollLeft, y: clientY + box.scrollTop };
  });
  window.addEventListener("pointerup", () => { from = null; });
  box.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (!from) return;
    box.scrollLeft = from.x - clientX;
    box.scrollTop = from.y - clientY;
  });
}

function zoomDrawing(button) {
  const picture = document.querySelector("[data-drawing] svg");
  const { width, height } = picture.viewBox.baseVal;
  const now = Number(picture.getAttribute("width")) / width;
  const scale = Math.min(2, Math.max(0.3, now * Number(button.dataset.zoomDrawing)));
  picture.setAttribute("width", width * scale);
  picture.setAttribute("height", height * scale);
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-says]").forEach(sayWhere);
  document.querySelectorAll("form[data-conditions]").forEach((form) => {
    follow(form, form.dataset.conditions, "filing_condition_id", ["category_id", "area_class"]);
  });
  document.querySelectorAll("form[data-components]").forEach((form) => {
    follow(form, form.dataset.components, "component_id", ["point"]);
  });
  document.querySelectorAll("form[data-preview]").forEach(preview);
  document.querySelectorAll("[data-without-script]").forEach((one) => { one.hidden = true; });
  document.querySelectorAll("[data-drawing]").forEach(openDrawing);
  document.querySelectorAll("[data-zoom-drawing]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => zoomDrawing(button));
  });
});
