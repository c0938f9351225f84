// The frame's own script: where the focus goes, what is said aloud, and how high the frame is.
// Everything else is forms and htmx; without this script the frame works all the same.
(() => {
  "use strict";
  // Browsers without `frame-sizing` have no such function; with it, a page may refuse.
  const resize = () => Promise.resolve(window.requestResize?.()).catch(() => {});

  const settle = (swapped) => {
    const place = swapped.querySelector?.("[data-ao-focus]");
    place?.focus();
    const status = document.querySelector(".ao-status");
    if (status) status.textContent = swapped.querySelector?.("[data-ao-status]")?.textContent ?? "";
    resize();
  };

  document.addEventListener("htmx:after:swap", () => settle(document));
  addEventListener("load", resize);
})();
