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

// Another category has other filing conditions: they are fetched while the rest of the form stays as it is.
function followCategory(form) {
  const fetchThem = async () => {
    const field = form.querySelector("#group-filing_condition_id");
    const chosen = (name) => new FormData(form).get(name) || "";
    const query = new URLSearchParams(["category_id", "area_class", "filing_condition_id"].map((name) => [name, chosen(name)]));
    const answer = await fetch(`${form.dataset.conditions}?${query}`);
    if (!answer.ok) return;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    field.replaceWith(holder.content.firstElementChild);
  };
  form.addEventListener("change", ({ target }) => {
    if (["category_id", "area_class"].includes(target.name)) fetchThem();
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
  document.querySelectorAll("[data-conditions]").forEach(followCategory);
  document.querySelectorAll("[data-without-script]").forEach((one) => { one.hidden = true; });
  document.querySelectorAll("[data-drawing]").forEach(openDrawing);
  document.querySelectorAll("[data-zoom-drawing]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => zoomDrawing(button));
  });
});
