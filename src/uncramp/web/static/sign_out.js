// At the sign-out everything of the person leaves this phone. What still waits is sent first; where that does not
// work, the page says so and asks once more.
(() => {
  "use strict";

  const form = document.getElementById("sign-out");
  const button = document.getElementById("leave");
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
    // The answer to the form clears everything too, where the browser obeys it.
    await store.forgetAll();
    form.submit();
  }

  // Also what the server refused is nowhere but here.
  async function somethingWaits(store) {
    await store.flush().catch(() => {});
    return (await store.waiting()) > 0 || (await store.problems()).length > 0;
  }
})();
