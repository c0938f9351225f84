// From the documentation: htmx 2 may talk to Askonce, without the address of the page.
{
  const ASKONCE = document.currentScript.dataset.askonce;
  addEventListener("htmx:validateUrl", (event) => {
    if (!event.detail.sameHost && event.detail.url.origin !== ASKONCE) event.preventDefault();
  });
  addEventListener("htmx:configRequest", (event) => {
    const { path, headers } = event.detail;
    if (new URL(path, document.baseURI).origin === ASKONCE) delete headers["HX-Current-URL"];
  });
}
