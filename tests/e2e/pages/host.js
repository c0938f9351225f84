// The host's own: a state of its page's history, a field that has the focus, and who refused what.
addEventListener("DOMContentLoaded", () => {
  history.replaceState({ host: 1 }, "");
  document.getElementById("search").focus();
});
const host = { refused: [], told: [] };
addEventListener("securitypolicyviolation", (event) => {
  host.refused.push(`${event.effectiveDirective} ${event.blockedURI}`);
});
for (const name of "ready prompted saved invalid skipped dismissed complete nothing error gone".split(" ")) {
  addEventListener(`askonce-${name}`, (event) => {
    const { elt, ...rest } = event.detail ?? {}; // htmx 2 adds the element itself
    host.told.push({ name, ...rest });
  });
}
