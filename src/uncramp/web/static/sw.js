// The service worker: relief without a network. `PLAN` is put in front of this script when it is served (see
// routes/phone.py): {version, core, more, pages, home, instead, pack, store}. Another version is another script, which
// fills a cache of its own; the old one stays whole until no page needs it.
importScripts(PLAN.store);

const HERE = `uncramp-${PLAN.version}`;
const PACK = "uncramp-pack";
const SIGN_IN = "/sign-in";
const pathOf = (address) => new URL(address, self.location.href).pathname;
const HOME = pathOf(PLAN.home);
const CORE = PLAN.core.map(pathOf).filter((path) => path !== HOME);
const MORE = PLAN.more.map(pathOf);
const PAGES = new Set(PLAN.pages.map(pathOf));
const FILES = new Set([...CORE, ...MORE].filter((path) => !PAGES.has(path)));
const PACK_PATIENCE = 1500;
// The person signed out, elsewhere too, or has no rules of their own.
const ENDED = [401, 403, 404];
const PAGE_PATIENCE = 3000;
const AFTER_A_FORM = 10000;

let formSent = -Infinity;

const inCache = (path) => caches.match(path, { cacheName: HERE, ignoreSearch: true, ignoreVary: true });

// ---- filling the cache ----

self.addEventListener("install", (event) => event.waitUntil(fill()));

// Relief has to be whole. Where anything else cannot be had, the rest is kept all the same.
async function fill() {
  const cache = await caches.open(HERE);
  const keep = async (path) => cache.put(path, await fresh(path));
  try {
    await Promise.all(CORE.map(keep));
    // Last, for it says its version: if that is ours still, no new one came in between.
    await keep(HOME);
  } catch (error) {
    await caches.delete(HERE);
    throw error;
  }
  await Promise.allSettled(MORE.map(keep));
}

// What the server has now, if it may be kept: no error, no way to a sign-in, nothing personal, no other version.
async function fresh(path) {
  const answer = await fetch(path, { cache: "reload", credentials: "same-origin" });
  const personal = /no-store|private/.test(answer.headers.get("Cache-Control") || "");
  if (!answer.ok || answer.redirected || answer.type !== "basic" || personal) {
    throw new Error(`${path} is not to be kept`);
  }
  if (PAGES.has(path) && (await wordsIn(answer, "version")) !== PLAN.version) throw new OtherVersion(path);
  return answer;
}

class OtherVersion extends Error {}

async function wordsIn(page, name) {
  const html = await page.clone().text();
  return html.match(`<html[^>]* data-${name}="([^"]*)"`)?.[1];
}

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith("uncramp-") && name !== HERE && name !== PACK) await caches.delete(name);
  }
  await self.clients.claim();
}

// ---- answering ----

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method !== "GET") {
    // A form can change what pages show (the country): the page it leads to comes from the server.
    if (request.mode === "navigate") formSent = Date.now();
    // Another person may be next: the rules with the facts of the one before go first.
    if (url.pathname === SIGN_IN) event.waitUntil(caches.delete(PACK));
  } else if (PLAN.pack && url.pathname === pathOf(PLAN.pack)) {
    event.respondWith(pack(event));
  } else if (request.mode === "navigate") {
    event.respondWith(page(event, url.pathname));
  } else if (FILES.has(url.pathname)) {
    event.respondWith(file(event, url.pathname));
  }
});

async function page(event, path) {
  const kept = PAGES.has(path) ? await inCache(path) : undefined;
  if (kept && Date.now() - formSent > AFTER_A_FORM) {
    event.waitUntil(renew(path));
    return kept;
  }
  try {
    return await (kept ? within(PAGE_PATIENCE, fetch(event.request)) : fetch(event.request));
  } catch {
    return kept || (await otherwise(path)) || Response.error();
  }
}

// What only the server can do has a page that the phone can do; anything else leads to relief.
async function otherwise(path) {
  const instead = PLAN.instead[path];
  if (instead && (await inCache(pathOf(instead)))) return Response.redirect(instead);
  return inCache(HOME);
}

// The page as it is now, for the next time. A page of another version belongs to another cache: it only says
// that there is a new worker.
async function renew(path) {
  try {
    const answer = await fresh(path);
    await (await caches.open(HERE)).put(path, answer);
  } catch (error) {
    // One that waits already need not be looked for. And the answer is not waited for: Chromium may put it off for
    // half a minute, and as long as this worker has work, the new one and with it every page would not come.
    if (error instanceof OtherVersion && !self.registration.waiting) self.registration.update().catch(() => {});
  }
}

async function file(event, path) {
  const kept = await inCache(path);
  if (kept) return event.request.headers.has("Range") ? partOf(kept, event.request) : kept;
  const answer = await fetch(event.request);
  if (answer.status === 200 && !answer.redirected && answer.type === "basic") {
    const copy = answer.clone();
    event.waitUntil(caches.open(HERE).then((cache) => cache.put(path, copy)));
  }
  return answer;
}

// Safari plays a sound only if it gets the piece it asked for.
async function partOf(answer, request) {
  const whole = await answer.blob();
  const [, from, to] = request.headers.get("Range").match(/^bytes=(\d+)-(\d*)$/) || [];
  if (from === undefined || Number(from) >= whole.size) return new Response(whole, { headers: answer.headers });
  const last = Math.min(to ? Number(to) : whole.size - 1, whole.size - 1);
  const headers = new Headers(answer.headers);
  headers.set("Content-Range", `bytes ${from}-${last}/${whole.size}`);
  headers.set("Content-Length", String(last - from + 1));
  return new Response(whole.slice(Number(from), last + 1), { status: 206, headers });
}

// The rules with the person's own facts in them: the newest if it comes soon, else the one kept here. Its cache
// has its own name, so that a sign-out can delete it (`forgetAll`).
async function pack(event) {
  const cache = await caches.open(PACK);
  const coming = fetch(event.request).then(async (answer) => {
    if (ENDED.includes(answer.status)) await cache.delete(PLAN.pack);
    if (isPack(answer)) await cache.put(PLAN.pack, answer.clone());
    return answer;
  });
  event.waitUntil(coming.catch(() => {}));
  const answer = await within(PACK_PATIENCE, coming).catch(() => null);
  if (answer && (isPack(answer) || ENDED.includes(answer.status))) return answer;
  // With nothing kept and no answer in time the page takes the rules for anybody.
  return (await cache.match(PLAN.pack, { ignoreVary: true })) || answer || Response.error();
}

function isPack(answer) {
  const kind = answer.headers.get("Content-Type") || "";
  return answer.status === 200 && !answer.redirected && kind.startsWith("application/json");
}

function within(milliseconds, coming) {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error("too slow")), milliseconds);
    coming.then(done, failed).finally(() => clearTimeout(timer));
  });
}

// ---- what pages ask for ----

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  else if (typeof event.data?.country === "string") event.waitUntil(follow(event.data.country));
});

// A page from the server shows another country's numbers than those kept here: all of them are fetched anew, the
// one that is asked about last, so that a break on the way is mended the next time.
async function follow(country) {
  const home = await inCache(HOME);
  if (!home || (await wordsIn(home, "country")) === country) return;
  for (const path of [...PAGES].filter((one) => one !== HOME)) await renew(path);
  await renew(HOME);
}

self.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(sendWhatWaits());
});

async function sendWhatWaits() {
  const { waiting, stopped } = await uncramp.store.flush();
  // A promise that fails makes the browser try again later. Only a person can sign in.
  if (waiting && stopped !== "sign_in") throw new Error(`${waiting} wait: ${stopped}`);
}
