// What a component of either framework does: at each mount it asks its own backend for what to show,
// and hands it to the page's htmx, where there is one.
const fetchMount = async () => (await fetch(`${location.pathname}/mount`)).text();
const nodes = (written) =>
  [...new DOMParser().parseFromString(written, "text/html").body.childNodes].filter(
    (node) => node.nodeType === Node.ELEMENT_NODE,
  );
const begin = () => window.htmx?.process(document.getElementById("app"));
