// The frame's own script: where the focus goes, what is said aloud and of a lost answer, how high
// the frame is. Everything else is forms and htmx; without this script the frame works all the same.
(() => {
  "use strict";
  // Browsers without `frame-sizing` have no such function; with it, a page may refuse.
  const resize = () => Promise.resolve(window.requestResize?.()).catch(() => {});

  const settle = () => {
    const place = document.querySelector("[data-ao-focus]");
    // Once: a later answer that changes nothing must not bring the person back.
    place?.removeAttribute("data-ao-focus");
    place?.focus();
    // A form never makes the page jump by shrinking; what comes after it is as high as it is.
    const root = document.querySelector(".ao-root");
    if (!root.querySelector(".ao-step")) root.style.minBlockSize = "";
    const said = document.querySelector("[data-ao-status]");
    document.querySelector(".ao-status").textContent = said?.dataset.aoStatus ?? "";
    resize();
  };

  const hold = () => {
    const root = document.querySelector(".ao-root");
    root.style.minBlockSize = `${root.offsetHeight}px`;
  };

  // No answer, or one of a proxy's: the form stays as it is, and a sentence says so.
  const keep = ({ target, detail }) => {
    if (!target.matches?.("form") || detail.ctx?.response?.status < 500) return;
    document.querySelector(".ao-notice-banner")?.remove();
    const said = document.getElementById("ao-unsaved").content.cloneNode(true).firstElementChild;
    document.querySelector(".ao-title").after(said);
    said.focus();
    resize();
  };

  document.addEventListener("htmx:before:swap", hold);
  document.addEventListener("htmx:after:swap", settle);
  for (const name of ["htmx:error", "htmx:response:error"]) document.addEventListener(name, keep);
  addEventListener("load", resize);
})();
