// Keys and the rail. Every page works without this file.
"use strict";

const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("[data-rows] > tr, [data-rows] > li")];

function walk(step) {
  const all = rows();
  if (!all.length) return false;
  const here = all.findIndex((row) => row.classList.contains("is-here"));
  const next = all[Math.min(all.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
  all.forEach((row) => row.classList.toggle("is-here", row === next));
  (next.querySelector("a[href]") || next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    return;
  }
  if (typing(event.target)) return;
  const search = document.getElementById("search");
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if ((event.key === "ArrowDown" || event.key === "j") && walk(1)) {
    event.preventDefault();
  } else if ((event.key === "ArrowUp" || event.key === "k") && walk(-1)) {
    event.preventDefault();
  } else if (event.key === "Enter" && event.target === document.body) {
    document.querySelector(".is-here a[href]")?.click();
  }
});

document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  const fold = event.target.closest("[data-fold-rail]");
  if (!fold) return;
  const narrow = document.documentElement.dataset.rail !== "narrow";
  document.documentElement.dataset.rail = narrow ? "narrow" : "wide";
  document.cookie = `rail=${narrow ? "narrow" : "wide"}; path=/; max-age=31536000; samesite=lax`;
});

// Ticked rows: the bar of acts appears and says how many there are.
function count(form) {
  const ticked = form.querySelectorAll("[data-tick]:checked").length;
  const bar = form.querySelector(".bulk");
  if (!bar) return;
  bar.hidden = ticked === 0;
  const told = bar.querySelector("[data-ticked]");
  if (told) told.textContent = ticked;
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form");
  if (!form) return;
  if (event.target.matches("[data-tick-all]")) {
    form.querySelectorAll("[data-tick]").forEach((box) => { box.checked = event.target.checked; });
  }
  if (event.target.matches("[data-tick], [data-tick-all]")) count(form);
  if (event.target.matches("[data-submit-on-change]")) form.requestSubmit();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// A row of links that is wider than a phone begins with where the reader is.
document.addEventListener("DOMContentLoaded", () => {
  for (const row of document.querySelectorAll(".views, .admin-menu, .places")) {
    const here = row.querySelector("[aria-current]");
    if (here && row.scrollWidth > row.clientWidth) row.scrollLeft = here.offsetLeft - row.offsetLeft - 16;
  }
});
