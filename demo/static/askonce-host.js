// What a page needs so that its own htmx, version 2 or 4, may talk to Askonce, and to nobody else.
(() => {
  const ASKONCE = document.currentScript.dataset.askonce;
  const theirs = (url) => new URL(url, document.baseURI).origin === ASKONCE;

  // htmx 2: of all other origins only Askonce, and without the address of our page.
  addEventListener("htmx:validateUrl", (event) => {
    if (!event.detail.sameHost && event.detail.url.origin !== ASKONCE) event.preventDefault();
  });
  addEventListener("htmx:configRequest", (event) => {
    if (theirs(event.detail.path)) delete event.detail.headers["HX-Current-URL"];
  });

  // htmx 4: the same.
  addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    if (!theirs(request.action)) return;
    request.mode = "cors";
    request.credentials = "omit";
    delete request.headers["HX-Current-URL"];
  });

  // A button that asks: the assertion of the page has expired by now, so fetch a fresh one first.
  addEventListener("click", async (event) => {
    const button = event.target.closest("[data-asks]");
    if (!button) return;
    const mount = document.getElementById(button.dataset.asks);
    say(mount, "asked");
    show(mount);
    try {
      const answer = await fetch("/askonce-token", { method: "POST", redirect: "error" });
      if (!answer.ok) throw new Error(`no token: ${answer.status}`);
      const bearer = { Authorization: `Bearer ${await answer.text()}` };
      mount.setAttribute("hx-headers", JSON.stringify(bearer));
      htmx.trigger(mount, "ask");
    } catch {
      say(mount, "failed");
    }
  });

  // The person asked for it, so it may come into view; a step that comes by itself never may.
  const show = (mount) => {
    for (const name of ["htmx:afterSwap", "htmx:after:swap"]) {
      mount.addEventListener(name, () => mount.scrollIntoView({ block: "nearest" }), { once: true });
    }
  };

  // The page's own words around a mount that a person has asked for: of its notes, one shows.
  const say = (mount, when) => {
    const notes = [...document.querySelectorAll(`[data-of="${mount.id}"]`)];
    if (!notes.some((note) => note.dataset.when === when)) return;
    for (const note of notes) note.hidden = note.dataset.when !== when;
  };
  addEventListener("askonce-nothing", (event) => say(event.target, "nothing"));
  addEventListener("askonce-error", (event) => {
    if (event.target.localName === "ask-once") say(event.target, "failed");
  });
  const failures = ["htmx:sendError", "htmx:responseError", "htmx:error", "htmx:response:error"];
  for (const name of failures) {
    addEventListener(name, (event) => {
      if (event.target.matches?.(".ask")) say(event.target, "failed");
    });
  }
})();
