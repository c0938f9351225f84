// The strip at the foot of the page: every event that Askonce lets this page hear, as it comes.
(() => {
  const list = document.querySelector("[data-hears]");
  const count = document.querySelector("[data-hears-count]");
  const names = ["ready", "prompted", "saved", "invalid", "skipped", "dismissed", "complete", "escape"];

  const write = (event) => {
    const { elt, ...facts } = event.detail ?? {}; // htmx 2 adds the element itself
    const line = document.createElement("li");
    const name = document.createElement("code");
    name.textContent = event.type;
    line.append(name, ` ${JSON.stringify(facts)}`);
    list.append(line);
    count.textContent = list.children.length;
  };
  for (const name of [...names, "nothing", "error", "gone"]) {
    addEventListener(`askonce-${name}`, write);
  }
})();
