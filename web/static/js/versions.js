// Two versions side by side: both pictures scroll together, and what the list names is shown in them.
(() => {
  const pictures = [...document.querySelectorAll(".side-by-side .drawing")];

  const bring = (picture, element) => {
    const inside = picture.getBoundingClientRect(), box = element.getBoundingClientRect();
    picture.scrollBy(box.left - inside.left - (inside.width - box.width) / 2, box.top - inside.top - (inside.height - box.height) / 2);
  };
  const show = (id) => {
    const here = pictures.map((picture) => [picture, picture.querySelector(`[data-element="${CSS.escape(id)}"]`)]).find(([, found]) => found);
    if (here) bring(...here);
    return here;
  };

  pictures.forEach((picture) => picture.addEventListener("scroll", () => {
    pictures.filter((other) => other !== picture).forEach((other) => {
      if (Math.abs(other.scrollLeft - picture.scrollLeft) > 1) other.scrollLeft = picture.scrollLeft;
      if (Math.abs(other.scrollTop - picture.scrollTop) > 1) other.scrollTop = picture.scrollTop;
    });
  }));

  document.querySelectorAll("[data-show]").forEach((name) => {
    const go = () => show(name.dataset.show)?.[0].focus();
    name.setAttribute("role", "button");
    name.tabIndex = 0;
    name.addEventListener("click", go);
    name.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); go(); }
    });
  });

  const first = document.querySelector(".differences [data-show]");
  if (first) show(first.dataset.show);
})();
