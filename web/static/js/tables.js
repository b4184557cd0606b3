// The grid of a decision table with keys: up and down between rows, Alt moves and adds them. Every button works without.
(() => {
  const grids = [...document.querySelectorAll(".decision-grid")];
  const press = (row, act) => row.querySelector(`[data-act="${act}"]:not(:disabled)`)?.click();

  const beside = (cell, step) => {
    const row = cell.closest("tr");
    const next = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    const field = next?.cells[cell.closest("td").cellIndex]?.querySelector("input");
    field?.focus();
    field?.select();
    return Boolean(field);
  };

  const acts = { ArrowUp: "raise-row", ArrowDown: "lower-row", Enter: "add-row" };
  grids.forEach((grid) => grid.addEventListener("keydown", (event) => {
    const row = event.target.closest("tbody tr");
    if (!row || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.altKey && acts[event.key]) {
      event.preventDefault();
      press(row, acts[event.key]);
    } else if (!event.altKey && event.target.matches("input") && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      if (beside(event.target, event.key === "ArrowUp" ? -1 : 1)) event.preventDefault();
    }
  }));
  document.querySelectorAll("[data-with-script]").forEach((hint) => { hint.hidden = false; });
})();
