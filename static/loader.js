// The loader: <ask-once>, a shim between a host's page and our frame in it. Frozen with its version:
// it does what the frame behind its port says, and tells it what happens in the page.
(() => {
  const ASKONCE = new URL(document.currentScript.src).origin;
  const MEMBERS = "site step on locale theme display view busy".split(" ");
  if (customElements.get("ask-once")) return;

  class AskOnce extends HTMLElement {
    static observedAttributes = MEMBERS;
    #dialog = document.createElement("dialog");
    #slot = document.createElement("slot");
    #fallback = document.createElement("slot");
    #untold = [];
    #ending;
    #frame;
    #port;
    #before;

    constructor() {
      super();
      this.attachShadow({ mode: "open" }).append(this.#fallback, this.#slot, this.#dialog);
      this.#slot.name = "frame";
      this.#dialog.oncancel = (event) => {
        event.preventDefault();
        this.#tell("escape");
      };
    }

    connectedCallback() {
      this.#ending = new AbortController();
      // While the page arrives, what stands between our tags may still be on its way.
      if (document.readyState === "loading" && !this.nextSibling)
        this.#listen(document, "DOMContentLoaded", () => this.#begin());
      else this.#begin();
    }

    disconnectedCallback() {
      this.#ending.abort();
      this.#port = null;
    }

    // Moved, without being taken out of the page.
    connectedMoveCallback() {}

    attributeChangedCallback() {
      if (this.#port) this.#tell("config", this.#config());
    }

    show(step = this.step) {
      this.#ask("request", step);
    }

    track(name, details) {
      this.#ask("event", name, details);
    }

    press(name) {
      this.#ask("click", name);
    }

    focus() {
      this.#frame.focus();
      this.#tell("focus");
    }

    close() {
      this.#tell("close");
    }

    // A host may replace it. The frame made the nonce, and takes nothing that was said for another.
    async getToken(nonce) {
      const answer = await fetch(this.getAttribute("token-endpoint"), {
        method: "POST",
        headers: { "X-Askonce-Nonce": nonce },
        redirect: "error",
      });
      return answer.ok && answer.text();
    }

    #begin() {
      const found = this.querySelector(":scope>iframe");
      const frame = found ?? document.createElement("iframe");
      this.#listen(window, "message", (event) => this.#greet(event));
      if (found && !this.#frame) {
        // A ticket's, which shows by itself what it is for.
        this.#fallback.hidden = true;
        frame.contentWindow.postMessage("askonce", ASKONCE);
      } else {
        // A ticket is good for once: whoever comes back into the page asks with a token.
        // Fixed: what is not shown makes no page wider.
        frame.style.cssText = "position:fixed;visibility:hidden";
        frame.referrerPolicy = "strict-origin";
        frame.sandbox =
          "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads";
        frame.src = `${ASKONCE}/v1/sites/${this.site}/frame?locale=${this.locale ?? ""}`;
      }
      frame.slot = "frame";
      this.#frame = frame;
      if (!found) this.append(frame);
      setTimeout(() => this.#port || this.#hears.event("error", { status: "unreachable" }), 10000);
      const turned = () => this.#tell("moment", here(), "page");
      this.#listen(window, "popstate", turned);
      this.#listen(window.navigation ?? window, "currententrychange", turned);
      this.#listen(document, "mouseout", ({ relatedTarget, clientY }) => {
        if (!relatedTarget && clientY <= 0) this.#reached("exit-intent", 1);
      });
      this.#listen(document, "scroll", () => {
        this.#reached("scroll-depth", (100 * (scrollY + innerHeight)) / document.body.scrollHeight);
      });
    }

    #greet({ source, origin, data }) {
      if (source !== this.#frame.contentWindow || origin !== ASKONCE || data !== "askonce") return;
      const { port1, port2 } = new MessageChannel();
      this.#port = port1;
      port1.onmessage = ({ data: [name, ...values] }) => this.#hears[name]?.(...values);
      source.postMessage(this.#config(), ASKONCE, [port2]);
      for (const told of this.#untold.splice(0)) port1.postMessage(told);
    }

    #hears = {
      focus: () => this.focus(),
      style: (look) => {
        this.#frame.style.cssText = look;
      },
      // Where it failed, the page keeps what it has in our place.
      hide: (failed) => {
        const held = document.activeElement;
        this.#dialog.close();
        this.#fallback.hidden = !failed;
        if (held === this.#frame) this.#before?.focus();
      },
      show: (title, look) => {
        this.#frame.title = this.#dialog.ariaLabel = title;
        this.#dialog.style.cssText = look;
        this.#fallback.hidden = true;
        const isDialog = this.display === "dialog";
        // Where it stands in our own tree does not load it again.
        (isDialog ? this.#dialog : this.shadowRoot).append(this.#slot);
        if (isDialog) this.#rise();
      },
      event: (name, detail, id) => {
        const event = new CustomEvent("askonce-" + name, { bubbles: true, cancelable: true, detail });
        this.#tell("answer", id, this.dispatchEvent(event));
      },
      token: async (nonce, id) => {
        let said;
        try {
          said = await this.getToken(nonce);
        } catch {}
        this.#tell("answer", id, said);
      },
    };

    // Above the page, but not while somebody types in it.
    #rise() {
      const held = document.activeElement;
      if (held.matches(":read-write")) this.#listen(held, "blur", () => this.#rise());
      else if (!this.#dialog.open) {
        this.#dialog.showModal();
        this.#tell("focus");
      }
    }

    #config() {
      return [here(), ...MEMBERS.map((name) => this[name])];
    }

    #ask(...moment) {
      this.#before = document.activeElement;
      this.#tell("moment", here(), ...moment);
    }

    #reached(name, reached) {
      if (this.hasAttribute(name) && reached >= this.getAttribute(name)) this.#tell("once", name);
    }

    #tell(...told) {
      this.#port ? this.#port.postMessage(told) : this.#untold.push(told);
    }

    #listen(target, name, hear) {
      target.addEventListener(name, hear, { signal: this.#ending.signal });
    }
  }

  // Of a page's address only what is compared: a query can hold anything.
  const here = () => location.origin + location.pathname;

  for (const name of MEMBERS)
    Object.defineProperty(AskOnce.prototype, name, {
      get() {
        return this.getAttribute(name);
      },
      set(value) {
        if (value == null || value === false) this.removeAttribute(name);
        else this.setAttribute(name, value);
      },
    });
  customElements.define("ask-once", AskOnce);

  // What is pressed asks by the element that it names, else by the first.
  addEventListener("click", ({ target }) => {
    const { askonce, askonceBy } = target.closest("[data-askonce]")?.dataset ?? {};
    if (askonce) (document.getElementById(askonceBy) ?? document.querySelector("ask-once"))?.press(askonce);
  });
})();
