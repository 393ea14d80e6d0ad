// Copying a value. Without HTTPS off this machine there is no clipboard: then the value is selected for the person.

import { words } from "./language.js";

const shownMs = 2000;

/** Makes every button with `data-copies` copy the text of the element with that id and say so in `said`. */
export function wireCopyButtons(said) {
  for (const button of document.querySelectorAll("[data-copies]")) {
    button.addEventListener("click", async () => {
      const result = (await copyText(document.getElementById(button.dataset.copies))) ? "copied" : "selected";
      button.textContent = words()[result];
      said.textContent = words()[result];
      setTimeout(() => {
        button.textContent = words().copy;
        said.textContent = "";
      }, shownMs);
    });
  }
}

async function copyText(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }
}
