// Draws a number plate in its country's manner, every character as sure as it was read.

import { list, num, obj, str, svg } from "./dom.js";

const W = 520; // millimetres, like most European plates
const H = 110;
const INK = "#111";
const BLUE = "#0b3d91";

// ground, ink, band: eu (stars), plain, none; letters in the band; extras by name.
const EU = { ground: "#fdfdfb", ink: INK, band: "eu" };
const YELLOW = "#f7c325";
const STYLES = {
  A: { ...EU, extra: "stripes" },
  AL: { ...EU, band: "plain", right: true },
  AND: { ...EU, band: "none" },
  B: { ...EU, ink: "#a3122a", groups: [/^(\d)([A-Z]{3})(\d{3})$/] },
  BG: { ...EU, groups: [/^([A-Z]{1,2})(\d{4})([A-Z]{2})$/] },
  BIH: { ...EU, band: "plain" },
  CH: { ...EU, band: "none", groups: [/^([A-Z]{2})(\d+)$/] },
  CY: EU,
  CZ: { ...EU, groups: [/^(\d[A-Z\d]\d)(\d{4})$/] },
  D: { ...EU, font: "fe" },
  DK: { ...EU, groups: [/^([A-Z]{2})(\d{2})(\d{3})$/] },
  DZ: { ...EU, band: "none" },
  E: { ...EU, groups: [/^(\d{4})([A-Z]{3})$/, /^([A-Z]{1,2})(\d{4})([A-Z]{1,2})$/] },
  EST: EU,
  F: { ...EU, right: true, join: "-", groups: [/^([A-Z]{2})(\d{3})([A-Z]{2})$/] },
  FIN: { ...EU, join: "-" },
  GB: { ...EU, ground: YELLOW, band: "plain", letters: "UK", groups: [/^([A-Z]{2}\d{2})([A-Z]{3})$/] },
  GBZ: { ...EU, ground: YELLOW, band: "plain" },
  GR: EU,
  H: { ...EU, groups: [/^([A-Z]{2})([A-Z]{2})(\d{3})$/, /^([A-Z]{3})(\d{3})$/] },
  HR: EU,
  I: { ...EU, right: true, groups: [/^([A-Z]{2})(\d{3})([A-Z]{2})$/] },
  IRL: { ...EU, join: "-" },
  L: { ...EU, ground: YELLOW },
  LT: EU,
  LV: EU,
  M: EU,
  MA: { ...EU, band: "none", join: "|" },
  MC: { ...EU, band: "none" },
  MD: { ...EU, band: "plain" },
  MK: { ...EU, band: "plain" },
  MNE: { ...EU, band: "plain" },
  N: { ...EU, band: "plain" },
  NL: { ...EU, ground: YELLOW, join: "-" },
  P: { ...EU, groups: [/^([A-Z\d]{2})([A-Z\d]{2})([A-Z\d]{2})$/] },
  PL: { ...EU, groups: [/^([A-Z]{2,3})(.+)$/] },
  RKS: { ...EU, band: "plain" },
  RO: { ...EU, groups: [/^([A-Z]{1,2})(\d{2,3})([A-Z]{3})$/] },
  S: { ...EU, groups: [/^([A-Z]{3})(.{3})$/] },
  SK: { ...EU, groups: [/^([A-Z]{2})(\d{3}[A-Z]{2})$/] },
  SLO: EU,
  SRB: { ...EU, band: "plain" },
  TR: { ...EU, band: "plain" },
  UA: { ...EU, band: "plain" },
};
const NEUTRAL = { ground: "#f3f4f4", ink: INK, band: "none" };
const ISO = {
  AT: "A", BE: "B", DE: "D", ES: "E", EE: "EST", FR: "F", FI: "FIN", UK: "GB", GI: "GBZ", HU: "H",
  IT: "I", IE: "IRL", LU: "L", MT: "M", NO: "N", PT: "P", SE: "S", SI: "SLO", AD: "AND", BA: "BIH",
  ME: "MNE", RS: "SRB", XK: "RKS",
};
const NAMES = {
  A: "Austria", AL: "Albania", AND: "Andorra", B: "Belgium", BG: "Bulgaria", BIH: "Bosnia", CH: "Switzerland",
  CY: "Cyprus", CZ: "Czechia", D: "Germany", DK: "Denmark", DZ: "Algeria", E: "Spain", EST: "Estonia",
  F: "France", FIN: "Finland", GB: "Great Britain", GBZ: "Gibraltar", GR: "Greece", H: "Hungary", HR: "Croatia",
  I: "Italy", IRL: "Ireland", L: "Luxembourg", LT: "Lithuania", LV: "Latvia", M: "Malta", MA: "Morocco",
  MC: "Monaco", MD: "Moldova", MK: "North Macedonia", MNE: "Montenegro", N: "Norway", NL: "Netherlands",
  P: "Portugal", PL: "Poland", RKS: "Kosovo", RO: "Romania", S: "Sweden", SK: "Slovakia", SLO: "Slovenia",
  SRB: "Serbia", TR: "Türkiye", UA: "Ukraine",
};
const MOST_CHARACTERS = 14;

function codeOf(country) {
  const code = str(country, 3).toUpperCase();
  return Object.hasOwn(ISO, code) ? ISO[code] : code;
}

export function countryName(country) {
  const code = codeOf(country);
  return Object.hasOwn(NAMES, code) ? NAMES[code] : code ? `country ${code}` : "country unknown";
}

export function drawPlate(value) {
  const plate = obj(value);
  const code = codeOf(plate.country);
  const style = Object.hasOwn(STYLES, code) ? STYLES[code] : NEUTRAL;
  const text = str(plate.text, MOST_CHARACTERS);
  const hashed = !text && str(plate.hash);
  const picture = svg(
    "svg",
    { class: "plate", viewBox: `-4 -4 ${W + 8} ${H + 26}`, role: "img", "aria-label": label(plate, text, hashed) },
    svg("rect", { x: 0, y: 0, width: W, height: H, rx: 12, fill: style.ground, stroke: "#2b2f33", "stroke-width": 5 }),
  );
  const left = style.band === "none" ? 14 : 62;
  const right = style.right ? 62 : 14;
  if (style.band !== "none") picture.append(...band(style, code));
  if (style.right) picture.append(svg("path", { d: `M${W - 3} 15v80a9 9 0 0 1-9 9h-36V6h36a9 9 0 0 1 9 9z`, fill: BLUE }));
  if (style.extra === "stripes") {
    for (const y of [7, H - 10]) picture.append(svg("rect", { x: left, y, width: W - left - right, height: 3, fill: "#c4162a" }));
  }
  if (hashed) picture.append(...veil(str(plate.hash, 64), left, right));
  else picture.append(...characters(plate, text, style, left, right));
  return picture;
}

function label(plate, text, hashed) {
  const who = countryName(plate.country);
  if (hashed) return `Plate, ${who}, as a keyed hash only`;
  const doubts = places(plate, text).filter(([, sure]) => sure !== null && sure < 0.8);
  const words = doubts.map(([char, sure]) => `${char} ${Math.round(sure * 100)} %`).join(", ");
  return `Plate ${text || "not readable"}, ${who}${words ? `; in doubt: ${words}` : ""}`;
}

function band(style, code) {
  const parts = [svg("path", { d: `M3 15v80a9 9 0 0 0 9 9h36V6H12a9 9 0 0 0-9 9z`, fill: BLUE })];
  if (style.band === "eu") {
    for (let n = 0; n < 12; n += 1) {
      const turn = (n * Math.PI) / 6;
      parts.push(svg("circle", { cx: 25.5 + 13 * Math.sin(turn), cy: 33 - 13 * Math.cos(turn), r: 2.4, fill: "#ffd617" }));
    }
  }
  const letters = style.letters ?? code;
  parts.push(
    svg("text", { x: 25.5, y: style.band === "eu" ? 91 : 72, class: "band", "text-anchor": "middle", "font-size": letters.length > 2 ? 20 : 30, fill: "#fff" }, letters),
  );
  return parts;
}

// The characters with how sure each was; without them, the text with the plate's own confidence.
function places(plate, text) {
  const told = list(plate.characters, MOST_CHARACTERS).map((each) => [str(list(each)[0], 2), num(list(each)[1])]);
  if (told.length && told.map(([char]) => char).join("") === text) return told;
  return [...text].map((char) => [char, null]);
}

function grouped(text, style) {
  for (const pattern of style.groups ?? []) {
    const found = pattern.exec(text);
    if (found) return found.slice(1).map((group) => group.length);
  }
  return (text.match(/\d+|\D+/gu) ?? []).map((group) => [...group].length);
}

function characters(plate, text, style, left, right) {
  const told = places(plate, text);
  if (!told.length) return [svg("text", { x: (left + W - right) / 2, y: 68, class: "unread", "text-anchor": "middle" }, "not readable")];
  const groups = grouped(text, style);
  const gap = style.join ? 30 : 22;
  const wanted = told.length * 52 + (groups.length - 1) * gap;
  const room = W - left - right - 16;
  const scale = Math.min(1, room / wanted);
  const step = 52 * scale;
  let x = left + (W - left - right - wanted * scale) / 2;
  const parts = [];
  const ends = new Set();
  groups.reduce((end, length) => (ends.add(end + length), end + length), 0);
  told.forEach(([char, sure], place) => {
    const middle = x + step / 2;
    const level = sure === null || sure >= 0.9 ? "sure" : sure >= 0.6 ? "unsure" : "doubt";
    parts.push(
      svg(
        "g",
        { class: `place ${level}` },
        svg("title", {}, sure === null ? char : `${char} ${Math.round(sure * 100)} %`),
        svg("text", { class: style.font === "fe" ? "glyph fe" : "glyph", x: middle, y: 90, "text-anchor": "middle", "font-size": 96 * Math.min(1, scale * 1.06), fill: style.ink }, char),
        sure === null
          ? null
          : svg("rect", { class: "sure-bar", x: x + 5 * scale, y: H + 8, width: Math.max(2, (step - 10 * scale) * Math.min(1, Math.max(0, sure))), height: 8, rx: 3 }),
      ),
    );
    x += step;
    if (ends.has(place + 1) && place + 1 < told.length) {
      if (style.join) parts.push(svg("text", { class: "glyph", x: x + (gap * scale) / 2, y: 84, "text-anchor": "middle", "font-size": 70 * scale, fill: style.ink }, style.join));
      x += gap * scale;
    }
  });
  return parts;
}

function veil(hash, left, right) {
  const middle = (left + W - right) / 2;
  return [
    svg("text", { x: middle, y: 58, class: "veil", "text-anchor": "middle" }, "••••••••"),
    svg("text", { x: middle, y: 90, class: "hash", "text-anchor": "middle" }, `# ${hash.slice(0, 16)}${hash.length > 16 ? "…" : ""}`),
  ];
}
