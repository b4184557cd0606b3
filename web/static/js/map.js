// Maps drawn from the city's own areas (GeoJSON), without tiles: a picker of places, and a view of points.
// Picker: <div data-map-picker="id of the input" data-areas="address">. View: <div data-map data-areas="…" data-points="…">.
"use strict";

const DARK = { color: "#3c4d5c", weight: 1, fillColor: "#1b2833", fillOpacity: 1 };
const AREA = { color: "#8b96a1", weight: 1, fillColor: "#ffffff", fillOpacity: 0.7 };
const LINE = { color: "#b9c2cb", weight: 2, interactive: false };
const LAMPS = { green: "#2f9e44", amber: "#e8890c", red: "#c92a2a", grey: "#5f6973" };
const BRIGHT = { green: "#45c162", amber: "#ffa92b", red: "#ff5c52", grey: "#93a1ad" }; // on a dark wall
const WEIGHT = { red: 1.4, amber: 1.2 }; // what presses is larger, too

async function json(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

function nameOf(feature) {
  return feature.properties?.name || feature.properties?.code || "";
}

const look = (dark) => (feature) => (feature.geometry.type.includes("Line") ? (dark ? { ...LINE, color: "#33424f" } : LINE) : (dark ? DARK : AREA));

async function open(element) {
  element.hidden = false;
  const map = L.map(element, { preferCanvas: true, zoomSnap: 0.5, maxZoom: 20, attributionControl: false });
  L.control.scale({ imperial: false }).addTo(map);
  map.setView([Number(element.dataset.lat) || 38.47, Number(element.dataset.lng) || 106.27], 14);
  if (element.dataset.areas) {
    const areas = L.geoJSON(await json(element.dataset.areas), {
      style: look("dark" in element.dataset), interactive: !element.dataset.mapPicker,
    });
    areas.bindTooltip((layer) => nameOf(layer.feature), { sticky: true });
    areas.addTo(map);
    if (areas.getBounds().isValid()) map.fitBounds(areas.getBounds(), { animate: false });
  }
  return map;
}

const point = (text) => {
  const [lng, lat] = text.split(/[,，]/).map(Number);
  return Number.isFinite(lng) && Number.isFinite(lat) && text.trim() ? [lat, lng] : null;
};

async function openPicker(element) {
  const input = document.getElementById(element.dataset.mapPicker);
  const map = await open(element);
  const mark = L.circleMarker([0, 0], { radius: 8, color: "#fff", weight: 2, fillColor: "#0b62c4", fillOpacity: 1 });
  const show = (zoom) => {
    const place = point(input.value);
    if (!place) return mark.remove();
    mark.setLatLng(place).addTo(map);
    map.setView(place, zoom || map.getZoom());
  };
  map.on("click", ({ latlng }) => {
    input.value = `${latlng.lng.toFixed(6)},${latlng.lat.toFixed(6)}`;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("change", () => show());
  show(16);
}

async function openView(element) {
  const map = await open(element);
  const shown = pointsOf(JSON.parse(element.dataset.features || "null") || await json(element.dataset.points), "dark" in element.dataset);
  shown.addTo(map);
  fit(map, element, shown);
  element.addEventListener("renew", async () => {
    const found = await json(element.dataset.points);
    shown.clearLayers();
    shown.addData(found);
  });
}

// All points are seen, also when the page around the map settles later; until the reader moves it himself.
function fit(map, element, shown) {
  let moved = false;
  for (const kind of ["pointerdown", "wheel", "keydown"]) {
    element.addEventListener(kind, () => { moved = true; }, { once: true, passive: true });
  }
  new ResizeObserver(() => {
    map.invalidateSize({ pan: false });
    if (!moved && shown.getBounds().isValid()) map.fitBounds(shown.getBounds(), { maxZoom: 17, padding: [24, 24], animate: false });
  }).observe(element);
}

function pointsOf(features, dark) {
  // A wall is looked at from five metres: its points grow with it.
  const radius = ({ lamp }) => (dark ? Math.max(window.innerWidth / 220, 4) : 7) * (dark && WEIGHT[lamp] || 1);
  const colour = ({ lamp }) => (dark ? BRIGHT : LAMPS)[lamp] || "#0b62c4";
  // A ring, not a disc: no clock has begun.
  const ring = (size) => ({
    radius: size * 0.8, weight: size * 0.4, color: (dark ? BRIGHT : LAMPS).grey, fillColor: dark ? "#0d1419" : "#fff", fillOpacity: 1,
  });
  return L.geoJSON(features, {
    pointToLayer: ({ properties }, place) => L.circleMarker(place, properties.lamp === "unlit" ? ring(radius(properties)) : {
      radius: radius(properties), color: dark ? "#0d1419" : "#fff", weight: 1.5, fillColor: colour(properties), fillOpacity: 1,
    }),
    style: (feature) => (feature.geometry.type === "Point" ? {} : { color: "#0b62c4", weight: 2, fillOpacity: 0.1 }),
    onEachFeature: (feature, layer) => {
      layer.bindTooltip(nameOf(feature));
      if (feature.properties.address) layer.on("click", () => { window.location = feature.properties.address; });
    },
  });
}

function locate(button) {
  const input = document.getElementById(button.dataset.locate);
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      input.value = `${coords.longitude.toFixed(6)},${coords.latitude.toFixed(6)}`;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    },
    () => { input.setCustomValidity(button.dataset.failed); input.reportValidity(); input.setCustomValidity(""); },
    { enableHighAccuracy: true, timeout: 15000 },
  );
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-map-picker]").forEach(openPicker);
  document.querySelectorAll("[data-map]").forEach(openView);
  if (!navigator.geolocation) return;
  document.querySelectorAll("[data-locate]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => locate(button));
  });
});
