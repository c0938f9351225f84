// A host's page in React 19: its npm files are modules for Node, so here is what `require` does.
{
  const process = { env: { NODE_ENV: "production" } };
  const made = {};
  const require = (name) => made[name];
  const module = async (name, file) => {
    const exports = (made[name] = {});
    const text = await (await fetch(`/files/${file}`)).text();
    new Function("exports", "require", "process", text)(exports, require, process);
  };
  const start = async () => {
    await module("react", "react-19.3.1.js");
    await module("react-dom", "react-dom-19.3.1.js");
    await module("scheduler", "scheduler-0.28.0.js");
    await module("react-dom/client", "react-dom-client-19.3.1.js");
    const { createElement, useEffect, useState } = made.react;

    const element = (node) =>
      node.nodeType === Node.TEXT_NODE
        ? node.textContent
        : createElement(node.localName, attributes(node), ...[...node.childNodes].map(element));
    const attributes = (node) =>
      Object.fromEntries([...node.attributes].map(({ name, value }) => [NAMES[name] ?? name, value]));
    const NAMES = { class: "className", referrerpolicy: "referrerPolicy" };

    const Ask = ({ count }) => {
      const [written, setWritten] = useState();
      useEffect(() => void fetchMount().then(setWritten), []);
      useEffect(() => void (written && begin()), [written]);
      return createElement("section", { "data-count": count }, ...(written ? nodes(written).map(element) : []));
    };
    const App = () => {
      const [count, setCount] = useState(0);
      const [shown, setShown] = useState(true);
      useEffect(() => {
        document.getElementById("again").onclick = () => setCount((one) => one + 1);
        document.getElementById("toggle").onclick = () => setShown((one) => !one);
      }, []);
      return shown && createElement(Ask, { count });
    };
    made["react-dom/client"].createRoot(document.getElementById("app")).render(createElement(App));
  };
  addEventListener("DOMContentLoaded", start);
}
