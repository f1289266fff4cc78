// Installs the service worker, sends what waits when there is a chance, and shows what the person should know.
(() => {
  "use strict";

  const { mode, country, person, demo } = document.documentElement.dataset;
  const { store } = window.uncramp;

  // ---- the worker ----

  // Nothing of a demo stays in the browser when it is over.
  const workers = mode === "file" || demo ? undefined : navigator.serviceWorker;

  const QUIET = 2000;

  // A new version takes over soon, but never in the middle of a walk, in this tab or another.
  async function takeOver(registration) {
    if (registration.waiting && registration.active && !(await store.loadWalk())) {
      registration.waiting.postMessage("take over");
    }
  }

  async function install() {
    const address = mode === "server" ? "/sw.js" : "sw.js";
    const registration = await workers.register(address, { updateViaCache: "none" });
    const watch = (coming) => coming?.addEventListener("statechange", () => {
      if (coming.state === "installed") takeOver(registration).catch(() => {});
    });
    // One may be on its way since before this page was opened.
    watch(registration.installing);
    registration.addEventListener("updatefound", () => watch(registration.installing));
    // A page that has just been opened still asks the old one for pieces. Chromium then may let the new one wait, and
    // with it the next page, for minutes.
    setTimeout(() => takeOver(registration).catch(() => {}), QUIET);
    if (country !== undefined && workers.controller) workers.controller.postMessage({ country });
  }

  if (workers) {
    window.addEventListener("load", () => install().catch(() => {}));
  }

  // ---- the outbox ----

  // Nothing is sent before it is known whose it is.
  const known = person ? store.belongsTo(person) : askWhose().catch(() => {});
  let timer = 0;
  let failures = 0;

  // A page that is the same for everybody cannot say whose diary is open, and the person may have changed.
  async function askWhose() {
    if (mode !== "server" || !(await store.hasOwner())) return;
    const reply = await fetch("/whose.json", { headers: store.DIARY, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(5000) });
    if (reply.ok) await store.belongsTo((await reply.json()).person);
  }

  async function send() {
    clearTimeout(timer);
    await known;
    const { waiting, stopped } = await store.flush();
    failures = stopped === "unreachable" ? failures + 1 : 0;
    show("waiting", waiting > 0 && stopped !== "sign_in");
    if (!waiting) {
      show("sign_in", false);
    } else if (stopped !== "sign_in") {
      const seconds = stopped === "unreachable" ? Math.min(60, 5 * 2 ** (failures - 1)) : 60;
      timer = setTimeout(sendQuietly, seconds * 1000);
    }
  }

  // A fault here must never disturb the walk.
  const sendQuietly = () => send().catch(() => {});

  if (mode === "server") {
    window.addEventListener("online", sendQuietly);
    window.addEventListener("pageshow", sendQuietly);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) sendQuietly(); });
    document.addEventListener("uncramp:stored", sendQuietly);
  }

  // What waits is sent in the name of who wrote it, before somebody else comes; but nobody waits for that for long.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (mode !== "server" || form.getAttribute("action") !== "/sign-in") return;
    event.preventDefault();
    const go = () => form.submit();
    const patience = new Promise((done) => { setTimeout(done, 2000); });
    Promise.race([known.then(store.flush), patience]).catch(() => {}).then(store.comesAnew).then(go, go);
  });

  // ---- notes: the words stand in the page, hidden ----

  const NOTES = { sign_in: "sign_in", conflict: "aside", refused: "aside", memory: "memory", full: "memory" };

  function show(note, shown) {
    const line = document.querySelector(`[data-note="${note}"]`);
    if (line) line.hidden = !shown;
  }

  document.addEventListener("uncramp:trouble", ({ detail }) => show(NOTES[detail.why], true));
  store.problems().then((found) => { if (found.length) show("aside", true); }, () => {});
})();
