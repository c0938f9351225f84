// The frame's own script: where the focus goes, what is said aloud and of a lost answer, how high
// the frame is; and, behind the port of <ask-once>, when to ask what. Everything else is forms and
// htmx: without this script, and without a port, the frame works all the same.
(() => {
  const find = (selector) => document.querySelector(selector);
  const on = (name, hear) => document.addEventListener(name, hear);
  const root = find(".ao-root");
  const main = find("main");
  // Of a notice that lies above a page.
  const closing = Object.assign(document.createElement("button"), {
    className: "ao-buttons-skip",
    textContent: main.dataset.close,
    onclick: () => close(),
  });
  // Where a page sizes its frames by itself: not every browser can, and a page may refuse. Behind a
  // port the page is told.
  const resize = async () => {
    try {
      await (port || window.requestResize());
    } catch {}
  };
  const say = (text) => {
    find(".ao-status").textContent = text;
  };

  let touched; // somebody has typed, and it is not saved
  let warned; // and was told so on leaving
  let renewed; // this form has got a new token once

  on("input", () => {
    touched = true;
  });

  // A form never makes the page jump by shrinking; what comes after it is as high as it is.
  on("htmx:before:swap", () => {
    root.style.minBlockSize = `${root.offsetHeight}px`;
  });

  on("htmx:after:swap", () => {
    const place = find("[data-ao-focus]");
    // Once: a later answer that changes nothing must not bring the person back.
    place?.removeAttribute("data-ao-focus");
    place?.focus();
    if (!find(".ao-step")) root.style.minBlockSize = "";
    say(find("[data-ao-status]")?.dataset.aoStatus ?? "");
    touched = warned = renewed = false;
    if (isAbove()) find(".ao-notice")?.append(closing);
    resize();
  });

  // No answer, or one of a proxy's: the form stays as it is, and a sentence says so.
  const keep = ({ target, detail: { ctx } }) => {
    const status = ctx?.response?.status;
    if (!target.matches?.("form") || (status < 500 && status !== 429)) return;
    find(".ao-notice-banner")?.remove();
    const said = find("#ao-unsaved").content.cloneNode(true).firstElementChild;
    find(".ao-title").after(said);
    said.focus();
    resize();
  };
  on("htmx:error", keep);
  on("htmx:response:error", keep);
  onload = onresize = resize;

  // Behind the port: the page's element, which tells what happens and does what it is told.

  let port;
  let embedder;
  let host = {};
  let visit; // who it is, sealed by the server for half an hour
  let status; // of the last that was asked
  let code; // why it was refused, as a sandbox site is told
  let token; // and what it renewed
  let waiting; // what the page told while it wanted silence
  let isShown;
  let isComing; // the page is asked whether it minds
  let wished; // the person asked for what comes
  let asked; // the last moment that was asked about
  let isAgain; // it is asked about once more, and what is open may be over
  let turn = Promise.resolve();
  const reached = {};
  const answers = [];

  const tell = (...told) => port?.postMessage(told);
  const isAbove = () => /dialog|banner/.test(host.display);
  const isOpen = () => (isShown || isComing) && find(".ao-step");
  const place = (action) => `/v1/sites/${host.site}/${action}`;

  // The element's answer; of a page without one, nothing that would stop us.
  const request = (...told) =>
    new Promise((resolve) => (port ? tell(...told, answers.push(resolve)) : resolve(true)));
  const emit = (name, detail = {}) => request("event", name, detail);

  // How the frame looks in the page, whatever the page's own sheets say of frames.
  const fit = () => {
    const above = "width:min(36em,100%);margin:auto;position:fixed;inset:auto 0 0;z-index:999999;max-height:90vh;";
    const look = isShown
      ? `display:block;width:100%;border:0;height:${Math.min(main.offsetHeight, 4000)}px;` +
        (host.display === "banner" ? above : "")
      : "position:fixed;visibility:hidden;";
    tell("style", look.replaceAll(";", "!important;"));
  };

  const show = () => {
    isShown = true;
    fit();
    tell("show", find(".ao-title").textContent, "border:0;padding:0;background:none;width:min(34em,95vw)");
    if (wished) tell("focus");
  };

  const hide = (failed) => {
    isShown = false;
    fit();
    tell("hide", failed);
  };

  const fail = (status) => {
    emit("error", { status, code });
    if (!isShown) hide(true);
  };

  // Once the frame has the page's focus: two that take it at the same moment may lose it.
  const focus = () => {
    const enter = () => find(".ao-title").focus();
    if (isShown) document.hasFocus() ? enter() : addEventListener("focus", enter, { once: true });
  };

  // One after the other, and one thing at a time; what a person wished for takes the focus.
  const ask = (moment, isWished = /click|request/.test(moment.on)) => {
    if (host.busy != null && !isWished) waiting = moment;
    else
      turn = turn.then(async () => {
        wished = isWished;
        if (!isOpen() || (wished && !touched)) await decide(moment);
        else if (wished) tell("focus");
      });
  };

  const begin = () => {
    const { step, url, view } = host;
    const first = host.on ?? (step || view ? "request" : "login");
    for (const on of first.split(" ")) if (on !== "none") ask({ on, step, url }, false);
  };

  // What the server has to show at this moment.
  const decide = async (moment) => {
    asked = moment;
    if (visit) await post("moments", { ...moment, visit });
    if (!visit || status === 401) {
      visit = null;
      const proof = await prove();
      if (!proof) return fail("token");
      await post("exchange", { ...moment, ...proof, view: host.view });
    }
    if (!(status < 400)) fail(`${status ?? "offline"}`);
    // An editor is no prompt, of which an event would tell.
    else if (host.view) show();
  };

  // Who the page says that the person is, for a nonce that is ours.
  const prove = async () => {
    const nonce = crypto.randomUUID();
    const assertion = await request("token", nonce);
    return assertion && { assertion, nonce, embedder };
  };

  const post = (action, values) => {
    status = code = undefined;
    const told = { ...values, locale: host.locale };
    for (const name in told) if (told[name] == null) delete told[name];
    return htmx.ajax("POST", place(action), { target: ".ao-prompt", swap: "outerHTML", values: told });
  };

  // Whatever is refused leaves what is there. A form whose token is too old gets a new one, if it
  // is the same person's, and goes on with what was typed.
  on("htmx:after:request", async ({ detail: { ctx } }) => {
    const { response, hx, sourceElement: source } = ctx;
    const isOurs = source === document.body;
    if (isOurs) {
      status = response.status;
      code = response.headers.get("askonce-refusal");
      visit = response.headers.get("askonce-visit") ?? visit;
      token = response.headers.get("askonce-token");
    }
    const isOld = port && !renewed && response.status === 401 && source._t;
    if (!isOld && (!isOurs || status < 400)) return;
    hx.reswap = "none";
    hx.trigger = null;
    if (isOld) renew(source);
  });

  const renew = async (form) => {
    token = status = null;
    renewed = true;
    const proof = await prove();
    if (proof) await post("renewals", { ...proof, _t: form._t.value });
    if (token) {
      for (const field of document.getElementsByName("_t")) field.value = token;
      form.requestSubmit();
    } else if (/40[13]/.test(status)) {
      visit = null;
      fail("gone");
      isShown = false;
      begin();
    } else {
      // Nobody could say who it is just now: what was typed waits.
      renewed = false;
      keep({ target: form, detail: {} });
    }
  };

  const leave = async () => {
    if (!isAbove() || !touched || warned) {
      if ((await emit("escape")) && isAbove()) close();
    } else {
      warned = true;
      say(main.dataset.leaving);
    }
  };

  const close = () => {
    const dismissal = isOpen() && find("[id$=-dismissals]");
    if (dismissal) dismissal.requestSubmit();
    else hide();
  };

  const hears = {
    config: (values) => {
      const { site, step } = host;
      [host.url, host.site, host.step, host.on, host.locale, host.theme, host.display, host.view, host.busy] =
        values;
      if (host.theme) root.dataset.aoTheme = host.theme;
      if (!site) return;
      if (site !== host.site) location.replace(place("frame"));
      if (host.step && step !== host.step) ask({ on: "request", step: host.step });
      const told = waiting;
      waiting = undefined;
      if (told) ask(told, false);
    },
    moment: (url, on, name, details) => {
      if (on === "page" && (!/page/.test(host.on) || url === host.url)) return;
      host.url = url;
      const what = on === "request" ? { step: name } : { name };
      ask({ on, url, ...what, details: JSON.stringify(details) });
    },
    once: (name) => {
      reached[name] ||= !ask({ on: "event", url: host.url, name: name.replace("-", "_") });
    },
    answer: (id, value) => answers[id - 1](value),
    escape: leave,
    focus,
    close,
  };

  // What the answers to our requests tell, the page hears too. It may refuse a prompt.
  on("askonce-prompted", async ({ detail }) => {
    isComing = true;
    if (await emit("prompted", detail)) show();
    else hide();
    isComing = false;
  });
  const ends = { skipped: isAbove, dismissed: () => true, nothing: () => isAgain || !isOpen() };
  for (const name of "saved invalid skipped dismissed complete nothing error".split(" "))
    on(`askonce-${name}`, ({ detail }) => {
      emit(name, detail);
      if (ends[name]?.()) hide();
    });
  on("keydown", (event) => event.key === "Escape" && !event.isComposing && leave());

  // Back in a page that the browser has kept: what it asks may be answered by now.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted || touched) return;
    if (!asked) return location.reload();
    turn = turn.then(async () => {
      wished = false;
      isAgain = true;
      await decide(asked);
      isAgain = false;
    });
  });

  const allowed = find("[name=responsive-embedded-sizing]").content.split(/[= ]/);
  addEventListener("message", ({ source, origin, data, ports }) => {
    if (port || source !== parent || !allowed.includes(origin)) return;
    if (!ports[0]) return greet();
    [port] = ports;
    embedder = origin;
    port.onmessage = ({ data: [name, ...values] }) => hears[name]?.(...values);
    hears.config(data);
    new ResizeObserver(fit).observe(main);
    emit("ready");
    // What a ticket brought is there; what a token brings is asked for.
    if (find(".ao-prompt").hidden) begin();
    else show();
  });
  const greet = () => parent.postMessage("askonce", "*");
  greet();
})();
