// Draws where the nodes stand, from their own coordinates: no tiles, no network.

import { num, obj, str, svg } from "./dom.js";
import { SIGNS, judge } from "./status.js";

const W = 720;
const H = 440;
const EDGE = 64;
const MOST_NAME = 16;
const LEAST_M = 400; // a single node still gets a neighbourhood
const EARTH_M = 6371008.8;
const M_PER_DEGREE = (Math.PI / 180) * EARTH_M;
let drawn = "";

export function drawMap(nodes) {
  const box = document.getElementById("map-picture");
  const placed = [];
  const rest = [];
  for (const node of nodes) {
    const place = obj(obj(node.birth).place);
    const lat = num(place.lat);
    const lon = num(place.lon);
    const known = lat !== null && lon !== null && Math.abs(lat) <= 89 && Math.abs(lon) <= 180;
    (known ? placed : rest).push({ name: node.name, note: str(place.note, 40), lat, lon, ...judge(node) });
  }
  const words = JSON.stringify([placed, rest]);
  if (words === drawn) return;
  drawn = words;
  document.getElementById("map").hidden = placed.length === 0;
  box.replaceChildren(...(placed.length ? [picture(placed)] : []));
  document.getElementById("map-rest").textContent = rest.length
    ? `Not on the map, since they say no place: ${rest.map((node) => node.name).join(", ")}`
    : "";
}

// Local equirectangular projection about the middle: true to a fraction of a percent in a city.
function projection(placed) {
  const lats = placed.map((node) => node.lat);
  const lons = placed.map((node) => node.lon);
  const lat0 = (Math.min(...lats) + Math.max(...lats)) / 2;
  const lon0 = (Math.min(...lons) + Math.max(...lons)) / 2;
  const east = Math.cos((lat0 * Math.PI) / 180) * M_PER_DEGREE;
  const wide = Math.max((Math.max(...lons) - Math.min(...lons)) * east, LEAST_M);
  const high = Math.max((Math.max(...lats) - Math.min(...lats)) * M_PER_DEGREE, LEAST_M / 2);
  const perM = Math.min((W - 2 * EDGE - 60) / wide, (H - 2 * EDGE) / high);
  return {
    perM,
    x: (lon) => W / 2 + (lon - lon0) * east * perM,
    y: (lat) => H / 2 - (lat - lat0) * M_PER_DEGREE * perM,
    lonAt: (x) => lon0 + (x - W / 2) / (east * perM),
    latAt: (y) => lat0 - (y - H / 2) / (M_PER_DEGREE * perM),
  };
}

function picture(placed) {
  const to = projection(placed);
  const words = placed.map((node) => `${node.name}: ${node.words}`).join("; ");
  const taken = [];
  const spots = placed.map((node) => ({ ...node, short: short(node.name), x: to.x(node.lon), y: to.y(node.lat) }));
  spots.forEach((spot) => taken.push([spot.x - 15, spot.y - 15, spot.x + 15, spot.y + 15]));
  return svg(
    "svg",
    { class: "map-svg", viewBox: `0 0 ${W} ${H}`, role: "group", "aria-label": `Map. ${words}` },
    ...graticule(to),
    ...spots.map((spot) => marker(spot, label(spot, taken))),
    ...scaleBar(to.perM),
    svg("g", { class: "north", "aria-hidden": "true" }, svg("path", { d: `M${W - 30} 44v-26m-7 9l7-10 7 10` }), svg("text", { x: W - 30, y: 62, "text-anchor": "middle" }, "N")),
  );
}

// 1, 2 or 5 times a power of ten, the largest not above.
function round(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [5, 2, 1].map((n) => n * power).find((n) => n <= value) ?? power;
}

function graticule(to) {
  const parts = [];
  const step = round(Math.abs(to.lonAt(W) - to.lonAt(0)) / 3);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const degrees = (value, plus, minus) => `${Math.abs(value).toFixed(digits)}° ${value < 0 ? minus : plus}`;
  for (let lon = Math.ceil(to.lonAt(0) / step) * step; lon < to.lonAt(W); lon += step) {
    parts.push(svg("path", { class: "grid", d: `M${to.x(lon).toFixed(1)} 0V${H}` }));
    parts.push(svg("text", { class: "degrees", x: to.x(lon) + 5, y: H - 8 }, degrees(lon, "E", "W")));
  }
  for (let lat = Math.ceil(to.latAt(H) / step) * step; lat < to.latAt(0); lat += step) {
    parts.push(svg("path", { class: "grid", d: `M0 ${to.y(lat).toFixed(1)}H${W}` }));
    parts.push(svg("text", { class: "degrees", x: 8, y: to.y(lat) - 6 }, degrees(lat, "N", "S")));
  }
  return parts;
}

// Both ends of a long name: poles of one street differ in the last characters.
const short = (name) => (name.length > MOST_NAME ? `${name.slice(0, 7)}…${name.slice(-6)}` : name);

// The first of four places about the marker where the name covers nothing.
function label(spot, taken) {
  const wide = spot.short.length * 9.2 + 6;
  const off = spot.level === "bad" ? 28 : 19;
  const choices = [
    [spot.x + off, spot.y + 5, "start", spot.x + off - 2],
    [spot.x - off, spot.y + 5, "end", spot.x - off + 2 - wide],
    [spot.x, spot.y - off - 3, "middle", spot.x - wide / 2],
    [spot.x, spot.y + off + 15, "middle", spot.x - wide / 2],
  ];
  const free = ([, y, , left]) =>
    left > 2 && left + wide < W - 2 && taken.every(([x0, y0, x1, y1]) => left > x1 || left + wide < x0 || y - 15 > y1 || y + 5 < y0);
  const [x, y, anchor, left] = choices.find(free) ?? choices[0];
  taken.push([left, y - 15, left + wide, y + 5]);
  return { x, y, anchor };
}

function marker(spot, name) {
  return svg(
    "a",
    { href: `#node-${spot.name}`, class: `marker ${spot.level}`, "aria-label": `${spot.name}, ${spot.words}` },
    svg("title", {}, `${spot.name}${spot.note ? `, ${spot.note}` : ""}: ${spot.words}`),
    spot.level === "bad" ? svg("circle", { class: "halo", cx: spot.x, cy: spot.y, r: 22 }) : null,
    svg("circle", { class: "dot", cx: spot.x, cy: spot.y, r: 13 }),
    svg("text", { class: "mark", x: spot.x, y: spot.y + 5.5, "text-anchor": "middle" }, SIGNS[spot.level]),
    svg("text", { class: "name", x: name.x, y: name.y, "text-anchor": name.anchor }, spot.short),
  );
}

function scaleBar(perM) {
  const metres = round(150 / perM);
  const wide = metres * perM;
  const words = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  const x = W - 24 - wide;
  return [
    svg("path", { class: "scale", d: `M${x} ${H - 34}v8h${wide}v-8` }),
    svg("text", { class: "scale-words", x: x + wide / 2, y: H - 38, "text-anchor": "middle" }, words),
  ];
}
