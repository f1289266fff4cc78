// At the sign-out, and when everything is erased, all that this phone keeps leaves it. What still waits is sent first;
// where that does not work, or somebody else wrote it, the page says so and asks once more.
(() => {
  "use strict";

  const form = document.querySelector("form[data-leaves]");
  const button = form.querySelector("button");
  const unsent = document.getElementById("unsent");
  let warned = false;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    leave().catch(() => form.submit());
  });

  async function leave() {
    const { store } = window.uncramp;
    if (!warned && (await somethingWaits(store))) {
      warned = true;
      unsent.hidden = false;
      button.textContent = button.dataset.anyway;
      button.disabled = false;
      return;
    }
    // The answer to the form clears everything too, where the browser obeys it. An erasing may still be refused.
    if (form.dataset.leaves === "sign_out") await store.forgetAll();
    form.submit();
  }

  async function somethingWaits(store) {
    await store.flush().catch(() => {});
    return store.anybodyWaits();
  }
})();
