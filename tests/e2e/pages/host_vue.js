// A host's page in Vue 3.
addEventListener("DOMContentLoaded", () => {
  const { createApp, h, nextTick, onMounted, ref } = Vue;

  const element = (node) =>
    node.nodeType === Node.TEXT_NODE
      ? node.textContent
      : h(node.localName, attributes(node), [...node.childNodes].map(element));
  const attributes = (node) =>
    Object.fromEntries([...node.attributes].map(({ name, value }) => [`^${name}`, value]));

  const Ask = {
    props: ["count"],
    setup(props) {
      const written = ref();
      onMounted(async () => {
        written.value = await fetchMount();
        await nextTick();
        begin();
      });
      return () => h("section", { "data-count": props.count }, written.value && nodes(written.value).map(element));
    },
  };
  const count = ref(0);
  const shown = ref(true);
  document.getElementById("again").onclick = () => (count.value += 1);
  document.getElementById("toggle").onclick = () => (shown.value = !shown.value);
  createApp({ render: () => shown.value && h(Ask, { count: count.value }) }).mount("#app");
});
