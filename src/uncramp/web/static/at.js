// Where things lie: behind a server's addresses, beside this page in a folder, or inside this one file.
(() => {
  "use strict";

  const { mode } = document.documentElement.dataset;

  // The data that the page brings along, null where it has none of that name.
  function block(id) {
    const found = document.getElementById(id);
    return found && JSON.parse(found.textContent);
  }

  // The address of one of our pages or files: `at("guide/why")`, `at("poses/rub.svg")`, `at("")` for the first page.
  function at(path) {
    if (mode === "server") return `/${path}`;
    const [, name, rest] = /^([^?#]*)(.*)$/.exec(path);
    const isFile = /\.\w+$/.test(name);
    if (mode === "file") return isFile ? window.uncramp.inside(name) : `#/${path}`;
    return isFile ? path : `${name.replaceAll("/", "-") || "index"}.html${rest}`;
  }

  // What stands in the address after the question mark; in one file that is a part of the name of the page.
  function query() {
    const { hash, search } = window.location;
    return new URLSearchParams(mode === "file" ? /^#\/[^?]*(.*)$/.exec(hash)?.[1] : search);
  }

  // The address without it, so that a reload goes on and does not begin again.
  function forgetQuery() {
    const { hash, pathname } = window.location;
    if ([...query()].length) window.history.replaceState(null, "", mode === "file" ? hash.split("?")[0] : pathname);
  }

  window.uncramp = Object.assign(window.uncramp || {}, { at, block, query, forgetQuery });
})();
