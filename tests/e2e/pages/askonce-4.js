// From the documentation: htmx 4 may talk to Askonce, without the address of the page.
{
  const ASKONCE = document.currentScript.dataset.askonce;
  addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    if (new URL(request.action, document.baseURI).origin !== ASKONCE) return;
    request.mode = "cors";
    request.credentials = "omit";
    delete request.headers["HX-Current-URL"];
  });
}
