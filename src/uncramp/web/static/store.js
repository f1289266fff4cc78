// What this phone keeps: the diary's entries, those the server does not have yet, and the walk under way.
// Pages and the service worker share this script. Every change is one transaction that is on the disk when it
// is done. An entry never changes (a change is a new entry), so that sending it twice does no harm.
(() => {
  "use strict";

  // A demo's invented diary has a database of its own, and says so with each request: neither diary takes what
  // belongs to the other. A demo has no worker.
  const DEMO = self.document?.documentElement.dataset.demo === "1";
  const DIARY = { "Uncramp-Diary": DEMO ? "demo" : "own" };
  const DATABASE = DEMO ? "uncramp-demo" : "uncramp";
  const TABLES = ["entries", "outbox", "aside", "keep"];
  const PACK = "uncramp-pack";
  const SENDING = "uncramp-outbox";
  const ANSWER_WITHIN = 20000;
  const LEASE = 30000;
  // The server is there but not now, or asks for patience: the entry is not at fault.
  const PASSING = [408, 425, 429];

  // ---- ids: UUIDv7 of RFC 9562, rising also within a millisecond (its method 1: a counter in rand_a) ----

  let lastTime = 0;
  let counter = 0;

  function newId() {
    const random = crypto.getRandomValues(new Uint8Array(10));
    const now = Date.now();
    if (now > lastTime) {
      lastTime = now;
      counter = ((random[0] << 8) | random[1]) & 0x7ff;
    } else if (++counter > 0xfff) {
      lastTime += 1;
      counter = 0;
    }
    random[2] = 0x80 | (random[2] & 0x3f);
    const tail = Array.from(random.subarray(2), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const time = lastTime.toString(16).padStart(12, "0");
    const rise = counter.toString(16).padStart(3, "0");
    return `${time.slice(0, 8)}-${time.slice(8)}-7${rise}-${tail.slice(0, 4)}-${tail.slice(4)}`;
  }

  // ---- telling: events on the document, here and in every other page ----

  const others = self.BroadcastChannel ? new BroadcastChannel("uncramp") : null;
  if (others && self.document) others.onmessage = ({ data }) => announce(data.what, data.detail);

  function announce(what, detail) {
    if (self.document) document.dispatchEvent(new CustomEvent(`uncramp:${what}`, { detail }));
  }

  function tell(what, detail) {
    announce(what, detail);
    if (others) others.postMessage({ what, detail });
  }

  // ---- the tables: in the database, or in memory where there is none ----

  let opening = null;
  let memory = null;

  function open() {
    opening ??= new Promise((done, failed) => {
      if (!self.indexedDB) throw new DOMException("there is no database here", "NotFoundError");
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("entries", { keyPath: "id" });
        request.result.createObjectStore("outbox", { keyPath: "number", autoIncrement: true });
        request.result.createObjectStore("aside", { keyPath: "id" });
        request.result.createObjectStore("keep", { keyPath: "key" });
      };
      request.onerror = () => failed(request.error);
      request.onsuccess = () => {
        const database = request.result;
        database.onclose = () => { opening = null; };
        database.onversionchange = () => { database.close(); opening = null; };
        done(database);
      };
    });
    return opening;
  }

  const answer = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

  const onDisk = (store) => ({
    get: (key) => answer(store.get(key)),
    all: () => answer(store.getAll()),
    put: (value) => answer(store.put(value)),
    drop: (key) => answer(store.delete(key)),
    empty: () => answer(store.clear()),
  });

  function inMemory(key, values) {
    const rows = new Map(values.map((value) => [value[key], value]));
    let number = Math.max(0, ...values.map((value) => value.number || 0));
    return {
      get: async (wanted) => rows.get(wanted),
      all: async () => [...rows.values()],
      put: async (value) => {
        if (key === "number") value = { number: ++number, ...value };
        rows.set(value[key], value);
      },
      drop: async (wanted) => { rows.delete(wanted); },
      empty: async () => { rows.clear(); },
    };
  }

  // All of `work` or nothing of it. It may wait for nothing but the tables, or the transaction ends early.
  async function once(mode, work) {
    const database = await open();
    const transaction = database.transaction(TABLES, mode, { durability: "strict" });
    const ended = new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onabort = () => failed(transaction.error || new Error("the change was given up"));
    });
    ended.catch(() => {});
    const tables = Object.fromEntries(TABLES.map((name) => [name, onDisk(transaction.objectStore(name))]));
    let result;
    try {
      result = await work(tables);
    } catch (error) {
      try { transaction.abort(); } catch { /* It has ended by itself. */ }
      throw error;
    }
    await ended;
    return result;
  }

  // Only the disk's faults lead to memory; ours are ours.
  async function deal(mode, work) {
    if (!memory) {
      try {
        return await once(mode, work);
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
      }
      // Phones cut the connection of a page that slept: once more with a new one.
      opening = null;
      try {
        return await once(mode, work);
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        await goOnInMemory(error);
      }
    }
    return work(memory);
  }

  const read = (work) => deal("readonly", work);
  const change = (work) => deal("readwrite", work);

  async function goOnInMemory(error) {
    let found = {};
    try {
      found = await once("readonly", async (tables) => {
        const all = {};
        for (const name of TABLES) all[name] = await tables[name].all();
        return all;
      });
    } catch { /* Nothing can be read either. */ }
    if (memory) return;
    const table = (name, key) => inMemory(key, found[name] || []);
    memory = {
      entries: table("entries", "id"), outbox: table("outbox", "number"),
      aside: table("aside", "id"), keep: table("keep", "key"),
    };
    tell("trouble", { why: error.name === "QuotaExceededError" ? "full" : "memory" });
  }

  // ---- the walk under way ----

  const plain = (value) => JSON.parse(JSON.stringify(value));
  const kept = async (tables, key) => (await tables.keep.get(key))?.value ?? null;

  const saveWalk = (state) => {
    const value = plain(state);
    return change((tables) => tables.keep.put({ key: "walk", value })).then(() => {});
  };
  const loadWalk = () => read((tables) => kept(tables, "walk"));
  const clearWalk = () => change((tables) => tables.keep.drop("walk"));

  // ---- entries ----

  const hasServer = () => self.document?.documentElement.dataset.mode === "server";

  // Keeps the entry, and queues it where there is a server. The same entry again changes nothing.
  async function putEntry(given) {
    const entry = plain(given);
    const first = await change(async (tables) => {
      const known = await tables.entries.get(entry.id);
      if (known && JSON.stringify(known.entry) === JSON.stringify(entry)) return false;
      if (known) throw new Error(`another entry has the id ${entry.id}`);
      const person = await kept(tables, "person");
      await tables.entries.put({ id: entry.id, person, entry });
      if (hasServer()) await tables.outbox.put({ id: entry.id, person });
      if (await kept(tables, "asked_to_persist")) return false;
      await tables.keep.put({ key: "asked_to_persist", value: true });
      return true;
    });
    tell("stored", { id: entry.id });
    if (first && !memory && self.navigator.storage?.persist) navigator.storage.persist().catch(() => {});
    if (hasServer()) askForSync();
  }

  // Chromium only: it then sends what waits once there is a network, even with no page open.
  function askForSync() {
    const worker = navigator.serviceWorker;
    if (worker) worker.ready.then((found) => found.sync?.register("outbox")).catch(() => {});
  }

  async function mine(table) {
    return read(async (tables) => {
      const person = await kept(tables, "person");
      return (await tables[table].all()).filter((row) => row.person === person);
    });
  }

  const everyVersion = async () => (await mine("entries")).map((row) => row.entry);

  // The newest versions, the latest start first; those of `others`, which the server has, among them.
  async function entries(others = []) {
    const own = await everyVersion();
    const here = new Set(own.map((entry) => entry.id));
    const newest = newestOf([...own, ...others.filter((entry) => !here.has(entry.id))]);
    return newest.sort((a, b) => Date.parse(b.start) - Date.parse(a.start) || (a.id < b.id ? 1 : -1));
  }

  // As the diary on the server has it: nothing that was replaced is ever the newest; of what nothing replaces,
  // the one recorded last is, and of two recorded at once the one with the greater id.
  function newestOf(versions) {
    const byId = new Map(versions.map((entry) => [entry.id, entry]));
    const replaced = new Set(versions.map((entry) => entry.replaces));
    const families = new Map();
    for (const entry of versions) {
      const root = rootOf(entry, byId);
      families.set(root, [...(families.get(root) || []), entry]);
    }
    return [...families.values()].map((family) => {
      const standing = family.filter((entry) => !replaced.has(entry.id));
      return (standing.length ? standing : family).reduce((a, b) => (isLater(b, a) ? b : a));
    });
  }

  function rootOf(entry, byId) {
    const seen = [entry.id];
    for (;;) {
      const before = byId.get(seen[seen.length - 1]).replaces ?? null;
      if (before === null) return seen[seen.length - 1];
      if (seen.includes(before)) return seen.slice(seen.indexOf(before)).sort()[0];
      if (!byId.has(before)) return before;
      seen.push(before);
    }
  }

  function isLater(a, b) {
    const apart = Date.parse(a.recorded) - Date.parse(b.recorded);
    return apart > 0 || (apart === 0 && a.id > b.id);
  }

  // Everything, older versions too, in the order in which it was written.
  async function exportEntries() {
    const all = await everyVersion();
    all.sort((a, b) => (isLater(a, b) ? 1 : -1));
    return { uncramp: "entries", version: 1, ...(DEMO ? { demo: true } : {}), entries: all };
  }

  // ---- sending ----

  const waiting = async () => (await mine("outbox")).length;

  // What the server refused, with why; it is not sent again unless somebody asks for it.
  const problems = () => mine("aside");

  const retry = (id) => change(async (tables) => {
    const row = await tables.aside.get(id);
    if (!row) return;
    await tables.aside.drop(id);
    await tables.outbox.put({ id, person: row.person });
  });

  let sending = null;
  let again = false;

  // Sends what waits, oldest first. Gives how many still wait and why it stopped: "sign_in", "other_person",
  // "unreachable", "busy" (another page sends), or null.
  function flush() {
    if (sending) {
      again = true;
      return sending;
    }
    sending = (async () => {
      try {
        let stopped;
        let left;
        do {
          again = false;
          stopped = (await waiting()) ? await alone(sendAll) : null;
          left = await waiting();
          // Nothing may be awaited from here on: who asked again in between would be told that it is being sent.
        } while (again && !stopped);
        return { waiting: left, stopped };
      } finally {
        sending = null;
      }
    })();
    return sending;
  }

  // One page or worker sends at a time.
  async function alone(work) {
    if (!navigator.locks) return withLease(work);
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), LEASE);
    try {
      return await navigator.locks.request(SENDING, { signal: patience.signal }, () => {
        clearTimeout(timer);
        return work(async () => true);
      });
    } catch (error) {
      if (error.name === "AbortError") return "busy";
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  // Without Web Locks (plain http): a record in the database that says who sends, and until when.
  async function withLease(work) {
    const holder = newId();
    const renew = () => change(async (tables) => {
      const lease = await kept(tables, "lease");
      const left = lease ? lease.until - Date.now() : 0;
      // A clock that was set back must not lock the outbox for years.
      if (lease && lease.holder !== holder && left > 0 && left <= LEASE) return false;
      await tables.keep.put({ key: "lease", value: { holder, until: Date.now() + LEASE } });
      return true;
    });
    if (!(await renew())) return "busy";
    try {
      return await work(renew);
    } finally {
      await change(async (tables) => {
        if ((await kept(tables, "lease"))?.holder === holder) await tables.keep.drop("lease");
      });
    }
  }

  async function sendAll(stillOurs) {
    let done = 0;
    for (;;) {
      const next = await nextAfter(done);
      if (!next) return null;
      if (!(await stillOurs())) return "busy";
      done = next.number;
      const stopped = await send(next);
      if (stopped) return stopped;
    }
  }

  const nextAfter = (number) => read(async (tables) => {
    const person = await kept(tables, "person");
    const rows = (await tables.outbox.all()).filter((row) => row.number > number && row.person === person);
    if (!rows.length) return null;
    const row = rows.reduce((a, b) => (a.number < b.number ? a : b));
    return { ...row, ...(await tables.entries.get(row.id)) };
  });

  // Sends one. What is returned stops the others: the server is not there, or wants a sign-in.
  async function send(next) {
    const reply = await put(next.entry, next.person);
    if (reply === null) return "unreachable";
    // A redirect leads to a page that asks who we are.
    if (reply.status === 401 || reply.type === "opaqueredirect") {
      tell("trouble", { why: "sign_in" });
      return "sign_in";
    }
    if (reply.status === 200 || reply.status === 201) return accepted(next, reply.said);
    // Somebody else is signed in now: it waits for who wrote it.
    if (reply.status === 409 && reply.said?.why === "person") return "other_person";
    if (reply.status >= 400 && reply.status < 500 && !PASSING.includes(reply.status)) {
      await setAside(next, reply.status, reply.said);
      return null;
    }
    // It waits. A fault that only this entry runs into must not hold up those behind it.
    return reply.status === 500 ? null : "unreachable";
  }

  async function put({ id, ...body }, person) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), ANSWER_WITHIN);
    try {
      const reply = await fetch(`/api/v1/entries/${encodeURIComponent(id)}`, {
        method: "PUT",
        headers: { ...DIARY, ...(person && { "X-Uncramp-Person": person }), "Content-Type": "application/json" },
        body: JSON.stringify(body),
        credentials: "same-origin",
        cache: "no-store",
        redirect: "manual",
        signal: patience.signal,
      });
      return { status: reply.status, type: reply.type, said: await jsonOf(reply) };
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  async function jsonOf(reply) {
    const text = await reply.text();
    if (!(reply.headers.get("Content-Type") || "").startsWith("application/json")) return null;
    return JSON.parse(text);
  }

  async function accepted(next, said) {
    // The log-in page of a hotel's network also says 200.
    if (said === null) return "unreachable";
    await settle(next);
    tell("sent", { id: next.id });
    return null;
  }

  async function setAside(next, status, said) {
    const { id, person } = next;
    if (await settle(next, { id, person, status, said })) {
      tell("trouble", { why: status === 409 ? "conflict" : "refused", id, status, said });
    }
  }

  // Takes it from the outbox, unless that was emptied in the meantime.
  const settle = (next, problem) => change(async (tables) => {
    if (!(await tables.outbox.get(next.number))) return false;
    await tables.outbox.drop(next.number);
    if (problem) await tables.aside.put(problem);
    return true;
  });

  // ---- whose phone it is ----

  // Called where the server says who is signed in. What was written before anybody was becomes theirs; what
  // somebody else wrote waits unseen and unsent until that person is back.
  async function belongsTo(person) {
    const changed = await change(async (tables) => {
      const before = await kept(tables, "person");
      if (before === person) return false;
      const last = before ?? (await kept(tables, "last"));
      await tables.keep.put({ key: "person", value: person });
      await tables.keep.drop("last");
      if (before === null) await adopt(tables, person);
      if (last !== null && last !== person) await tables.keep.drop("walk");
      return true;
    });
    if (changed) await dropPack();
  }

  // Somebody signs in or takes a turn: until the server has said who, what is written is nobody's.
  async function comesAnew() {
    await change(async (tables) => {
      const before = await kept(tables, "person");
      if (before === null) return;
      await tables.keep.put({ key: "last", value: before });
      await tables.keep.drop("person");
    });
    await dropPack();
  }

  // Whether somebody has a diary on this phone who may be another one than who is signed in.
  const hasOwner = () => read(async (tables) => {
    return (await kept(tables, "person")) !== null || (await kept(tables, "last")) !== null;
  });

  async function adopt(tables, person) {
    for (const table of [tables.entries, tables.outbox, tables.aside]) {
      for (const row of await table.all()) {
        if (row.person === null) await table.put({ ...row, person });
      }
    }
  }

  const dropPack = async () => { if (self.caches) await caches.delete(PACK); };

  // Whether anything, of whomever it is, is nowhere but here: what was not sent, and what the server refused.
  const anybodyWaits = () => read(
    async ({ outbox, aside }) => (await outbox.all()).length + (await aside.all()).length > 0);

  // For the sign-out: nothing of anybody is left, not even what was not sent.
  async function forgetAll() {
    await change(async (tables) => {
      for (const name of TABLES) await tables[name].empty();
    });
    await dropPack();
  }

  self.uncramp = Object.assign(self.uncramp || {}, {
    store: {
      newId, saveWalk, loadWalk, clearWalk, putEntry, entries, waiting, problems, retry, flush,
      exportEntries, belongsTo, comesAnew, hasOwner, anybodyWaits, forgetAll, DIARY,
    },
  });
})();
