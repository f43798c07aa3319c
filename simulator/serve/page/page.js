// Keys go to the screen from the start: the terminal gets the focus with the first picture, and says so to the program.
// In the frame of somebody's slides it does not: there, keys are for the slides until somebody clicks.
"use strict";

function focusTerminal() {
  const keys = document.querySelector(".xterm-helper-textarea");
  if (keys) {
    keys.blur();
    keys.focus();
  }
}

document.addEventListener("DOMContentLoaded", () => {
  let focused = document.body.dataset.kind === "embedded";
  new MutationObserver(() => {
    if (!focused && document.body.classList.contains("-first-byte")) {
      focused = true;
      focusTerminal();
    }
    if (document.body.classList.contains("-closed")) {
      document.getElementById("again").focus();
    }
  }).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  document.getElementById("again").addEventListener("click", () => window.location.reload());
});
