// The frame's own script: where the focus goes, what is said aloud, and how high the frame is.
// Everything else is forms and htmx; without this script the frame works all the same.
(() => {
  "use strict";
  const resize = () => window.requestResize?.().catch?.(() => {});

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
