// Where there is no server: what forms would send to it is done here, and the chosen country's number is shown.
(() => {
  "use strict";

  const { at } = window.uncramp;
  const { mode } = document.documentElement.dataset;
  const HANDED = "uncramp-handed";

  // The answers that another page handed to the check, once.
  function handed() {
    const answers = JSON.parse(sessionStorage.getItem(HANDED) || "{}");
    sessionStorage.removeItem(HANDED);
    return answers;
  }

  function handOver(answers) {
    sessionStorage.setItem(HANDED, JSON.stringify(answers));
    window.location.assign(at("check"));
    if (mode === "file") window.location.reload();
  }

  document.addEventListener("submit", (event) => {
    if (mode === "server" || !event.target.method || event.target.method !== "post") return;
    event.preventDefault();
    const data = new FormData(event.target, event.submitter);
    if (data.has("back")) return;
    const answers = JSON.parse(data.get("answers") || "{}");
    for (const [name, value] of data) if (value === "yes") answers[name] = true;
    handOver(answers);
  });

  // A country is chosen when the pocket is made; here its form would lead nowhere.
  if (mode !== "server") for (const form of document.querySelectorAll("form.country")) form.hidden = true;

  window.uncramp = Object.assign(window.uncramp, { handed });
})();
