// Draws every <div data-chart='{"height": …, "option": …}'> with ECharts. The numbers stand in the table beside it.
"use strict";

const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

function draw(element) {
  const { height, option } = JSON.parse(element.dataset.chart);
  element.style.height = `${height}px`;
  const chart = echarts.init(element, null, { renderer: "canvas" });
  chart.setOption({ animation: !calm, animationDuration: 300, ...option });
  new ResizeObserver(() => chart.resize()).observe(element);
  window.matchMedia("print").addEventListener("change", () => chart.resize());
}

// A chart is drawn when it comes near: a month has many.
const near = new IntersectionObserver((entries, self) => {
  entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
    self.unobserve(entry.target);
    draw(entry.target);
  });
}, { rootMargin: "400px" });

// Canvas text needs its font beforehand; without it the browser's own serves.
document.fonts.ready.then(() => document.querySelectorAll("[data-chart]").forEach((element) => near.observe(element)));
