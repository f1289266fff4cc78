// Fills in what the browser knows of its clock, and the side of the place that was tapped. Without it the forms
// work all the same: the clock is then that of the server, and the side is chosen by its name.
"use strict";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
for (const field of document.querySelectorAll("[data-zone]")) field.value = zone;
for (const field of document.querySelectorAll("[data-offset]")) field.value = -new Date().getTimezoneOffset();
const now = new Date();
const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
for (const field of document.querySelectorAll("[data-today]")) field.value = today;

for (const place of document.querySelectorAll(".place")) {
  place.addEventListener("click", () => {
    const side = document.getElementById(`side-${place.dataset.side || "unknown"}`);
    const both = document.getElementById("side-both");
    if (side && !(both.checked && place.dataset.side && isChosen(place))) side.checked = true;
  });
}

// A second tap on the other side of the same place leaves "both" as it is.
function isChosen(place) {
  return document.getElementById(place.htmlFor).checked;
}
