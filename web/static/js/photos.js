// A photo opens large on the page itself; without this file its link opens the original.
"use strict";

function zoom(link) {
  const dialog = document.createElement("dialog");
  dialog.className = "photo-zoom";
  const image = document.createElement("img");
  const thumbnail = link.querySelector("img");
  image.src = link.href;
  image.alt = thumbnail?.alt || "";
  const caption = document.createElement("p");
  caption.textContent = link.closest("figure")?.querySelector("figcaption")?.textContent.trim() || "";
  dialog.append(image, caption);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
  dialog.addEventListener("keydown", (event) => {
    const all = [...document.querySelectorAll("[data-zoom]")];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && all[all.indexOf(link) + step];
    if (!next) return;
    dialog.close();
    zoom(next);
  });
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-zoom]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  zoom(link);
});
