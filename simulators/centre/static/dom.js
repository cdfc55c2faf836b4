// Builds elements from text only: nothing that came over the wire is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

// What a foreign value is, if it is what was hoped for.
export const str = (value, most = 200) => (typeof value === "string" ? value.slice(0, most) : "");
export const num = (value) => (typeof value === "number" && Number.isFinite(value) ? value : null);
export const list = (value, most = 100) => (Array.isArray(value) ? value.slice(0, most) : []);
export const obj = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
