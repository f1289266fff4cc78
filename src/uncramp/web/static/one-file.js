// One file holds all pages: puts the page that the address names (`#/guide/why`) into the frame, then its scripts.
(() => {
  "use strict";

  const block = (id) => JSON.parse(document.getElementById(id).textContent);
  const pages = block("pages");
  const files = block("files");
  const code = block("code");
  const HERE = "uncramp-page";
  const STILL = "<style>*{animation:none!important}</style></svg>";

  // A link inside the page leaves the page as it is.
  const named = (hash) => (hash.startsWith("#/") ? hash : null);
  const address = named(window.location.hash) || sessionStorage.getItem(HERE) || "#/";
  sessionStorage.setItem(HERE, address);
  const [path] = address.slice(2).split(/[?#]/);
  const page = pages[path] || pages[""];

  function still(data) {
    const moving = new TextDecoder().decode(Uint8Array.from(atob(data.split(",")[1]), (sign) => sign.charCodeAt(0)));
    return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(moving.replace("</svg>", STILL))}`;
  }

  // The data address of a file in here, or nothing.
  function inside(name) {
    if (name in files) return files[name];
    const moving = name.replace(/-still\.svg$/, ".svg");
    return moving in files ? still(files[moving]) : undefined;
  }

  document.title = page.title;
  document.body.className = page.body;
  document.querySelector("main").outerHTML = page.main;
  for (const image of document.querySelectorAll("img[data-src]")) image.src = inside(image.dataset.src) || "";
  for (const link of document.querySelectorAll("header nav a")) {
    link.toggleAttribute("aria-current", link.getAttribute("href") === `#/${path}`);
    if (link.hasAttribute("aria-current")) link.setAttribute("aria-current", "page");
  }
  window.addEventListener("hashchange", () => {
    if (named(window.location.hash)) window.location.reload();
  });

  window.uncramp = Object.assign(window.uncramp || {}, { inside });
  for (const name of page.scripts) {
    const script = document.createElement("script");
    script.textContent = code[name];
    document.body.append(script);
  }
})();
