// The chosen language, remembered, and the texts of the page in it.

import { strings } from "./strings.js";

const storageKey = "language";
let current = remembered() ?? "zh";

/** The strings of the chosen language. */
export const words = () => strings[current];

/** The strings of the other one. */
export const otherWords = () => strings[current === "zh" ? "en" : "zh"];

/** Changes to the other language and remembers it. */
export function toggleLanguage() {
  current = current === "zh" ? "en" : "zh";
  try {
    localStorage.setItem(storageKey, current);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** Fills every element that names its text (`data-text`) or its spoken label (`data-label`). */
export function fillTexts() {
  const table = words();
  document.documentElement.lang = table.lang;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = table[element.dataset.text];
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", table[element.dataset.label]);
  }
}

function remembered() {
  try {
    const stored = localStorage.getItem(storageKey);
    return stored in strings ? stored : null;
  } catch {
    return null;
  }
}
