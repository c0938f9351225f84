// The doctor, in a page: what only the page's own browser sees. It changes nothing of the page, puts
// no markup into it but its own panel, sends nothing of it anywhere, and goes when it is closed.
(() => {
  "use strict";
  const OURS = /\/v1\/(frames|sites)\/|\/embed\/[^/]+\/(loader|doctor|fragment|frame)\./;
  const PATIENCE = 12000; // ms; a frame that has not greeted the page by then never will
  const LIFE = { htmx: 60, element: 300 };
  const SKEW = 30;
  const HTMX = "htmx:invalidPath htmx:sendError htmx:responseError htmx:error htmx:response:error";
  const NAMES = "ready prompted saved invalid skipped dismissed complete nothing error gone escape";
  const STYLE = `
    :host { all: initial; position: fixed; inset: auto 0 0; z-index: 2147483647; color-scheme: light; }
    section { font: 14px/1.5 system-ui, sans-serif; color: #1b1e24; background: #fff;
      border-block-start: 4px solid #2f5bc4; box-shadow: 0 -4px 24px #0004; padding: 12px 16px; }
    h2 { font-size: 16px; margin: 0; } p { margin: 0; }
    header { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; }
    header p { flex: 1; } ol { margin: 8px 0 0; padding-inline-start: 24px; }
    div { max-block-size: 40vh; overflow: auto; } li { margin-block-end: 8px; }
    code { font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
      background: #eef1f6; padding: 1px 4px; }
    button { font: inherit; min-block-size: 28px; padding: 0 12px; color: #1b1e24; background: #fff;
      border: 1px solid #596070; border-radius: 6px; }
    :focus-visible { outline: 3px solid #2f5bc4; outline-offset: 2px; } a { color: #2f5bc4; }
    strong[data-is=wrong] { color: #b3261e; } strong[data-is=doubtful] { color: #7a4b00; }`;
  const LABELS = { wrong: "Wrong", doubtful: "Doubtful", seen: "Seen" };

  // Pasted into a console it has no script of its own: then what the page embeds tells of us.
  const source = () =>
    [...document.querySelectorAll("[src], [hx-get], [hx-post], link[href]")]
      .flatMap((one) => ["src", "hx-get", "hx-post", "href"].map((name) => one.getAttribute(name)))
      .find((address) => OURS.test(address ?? "") && /^https?:/.test(address));
  const ASKONCE = new URL(document.currentScript?.src ?? source() ?? location.href).origin;
  const isOurs = (address) => {
    try {
      return new URL(address, document.baseURI).origin === ASKONCE;
    } catch {
      return false; // a word of the policy's own, like `inline`
    }
  };

  // What was found, by its sentence: each once, with how often.

  const found = new Map();
  const note = (is, code, sentence, change = "") => {
    const one = found.get(sentence) ?? { is, code, sentence, change, times: 0 };
    one.times += 1;
    found.set(sentence, one);
    if (one.times === 1) {
      const say = { wrong: "error", doubtful: "warn", seen: "info" }[is];
      console[say](`askonce doctor, ${is}: ${sentence}${change ? `\nChange: ${change}` : ""}`);
    }
    draw();
  };

  // The panel: a tree of its own, which the page's sheets do not reach.

  const make = (name, facts = {}, ...children) => {
    const made = Object.assign(document.createElement(name), facts);
    made.append(...children);
    return made;
  };
  const host = make("askonce-doctor", { lang: "en", dir: "ltr" });
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  shadow.adoptedStyleSheets = [sheet];
  const list = make("ol");
  const count = make("p", { role: "status" });
  const again = make("button", { type: "button", textContent: "Look again" });
  const close = make("button", { type: "button", textContent: "Close" });
  const head = make("header", {}, make("h2", { id: "name", textContent: "Askonce doctor" }));
  head.append(count, again, close);
  const reading = make("div", { tabIndex: 0, role: "group", ariaLabel: "What was found" }, list);
  const panel = make("section", {}, head, reading);
  panel.setAttribute("aria-labelledby", "name");
  shadow.append(panel);

  const line = ({ is, code, sentence, change, times }) => {
    const label = make("strong", { textContent: LABELS[is] });
    label.dataset.is = is;
    const item = make("li", {}, label, ` ${sentence}${times > 1 ? ` (${times} times)` : ""} `);
    if (change) item.append(make("p", {}, "Change: ", make("code", { textContent: change })));
    const where = /^(token|body|ticket|origin|unknown|not)_/.test(code) && `${ASKONCE}/doctor#${code}`;
    const about = where ? make("a", { href: where, target: "_blank", rel: "noopener" }, code) : code;
    item.append(make("small", {}, about));
    return item;
  };
  const ORDER = ["wrong", "doubtful", "seen"];
  const draw = () => {
    const all = [...found.values()].sort((a, b) => ORDER.indexOf(a.is) - ORDER.indexOf(b.is));
    const wrong = all.filter(({ is }) => is === "wrong").length;
    count.textContent = wrong ? `Wrong: ${wrong}. In all: ${all.length}.` : "Nothing wrong so far.";
    list.replaceChildren(...all.map(line));
    if (!host.isConnected && !ending.signal.aborted) document.body?.append(host);
  };

  const ending = new AbortController();
  const on = (target, name, hear) =>
    target.addEventListener(name, hear, { capture: true, signal: ending.signal });
  close.onclick = () => {
    ending.abort();
    host.remove();
  };

  // The content policy, as the browser enforces it.

  const FALLBACKS = {
    "frame-src": ["frame-src", "child-src", "default-src"],
    "script-src-elem": ["script-src-elem", "script-src", "default-src"],
    "style-src-elem": ["style-src-elem", "style-src", "default-src"],
    "connect-src": ["connect-src", "default-src"],
  };
  const mended = (policy, directive, origin) => {
    const written = new Map(
      policy.split(";").map((part) => part.trim().split(/\s+/)).map(([name, ...rest]) => [name, rest]),
    );
    const name = (FALLBACKS[directive] ?? [directive]).find((one) => written.has(one));
    const kept = (written.get(name) ?? []).filter((one) => one !== "'none'");
    const target = name === "default-src" ? directive.replace("-elem", "") : (name ?? directive);
    return [target, ...kept, origin].join(" ");
  };
  on(document, "securitypolicyviolation", (event) => {
    const { blockedURI, effectiveDirective, originalPolicy, disposition } = event;
    if (blockedURI.endsWith("/doctor/clock")) return;
    const isToken = effectiveDirective === "connect-src" && blockedURI.startsWith(location.origin);
    const isTyped = blockedURI.startsWith("trusted-types");
    if (!isOurs(blockedURI) && !isToken && !isTyped) return;
    const target = isToken ? "'self'" : ASKONCE;
    const is = disposition === "report" ? "doubtful" : "wrong";
    const change = `Content-Security-Policy: ${mended(originalPolicy, effectiveDirective, target)}`;
    if (isTyped)
      note("doubtful", "trusted_types", `Trusted Types refused ${event.sample || "an assignment"}.`);
    else note(is, "csp", `The page's policy refused ${blockedURI} (${effectiveDirective}).`, change);
  });

  // Frames: each of ours greets its page, in every mode.

  const greeted = new WeakSet();
  const told = new WeakSet();
  on(window, "message", ({ source: from, origin, data }) => {
    if (origin === ASKONCE && data === "askonce" && from) greeted.add(from);
  });
  const lookAtFrames = () => {
    for (const frame of document.querySelectorAll("iframe")) {
      if (!isOurs(frame.src) || told.has(frame)) continue;
      const hasGreeted = greeted.has(frame.contentWindow);
      if (!hasGreeted && performance.now() - started < PATIENCE) continue;
      told.add(frame);
      if (hasGreeted) note("seen", "frame", "A frame of Askonce greeted the page.");
      else
        note(
          "wrong",
          "frame_silent",
          "A frame of Askonce never greeted the page: a policy, X-Frame-Options, isolation or the" +
            " network keeps it out, or it may not run scripts. The console says which.",
          `askonce doctor ${location.origin}${location.pathname}`,
        );
      if (frame.hasAttribute("sandbox") && !frame.sandbox.contains("allow-same-origin"))
        note("wrong", "frame_sandbox", "The frame's sandbox takes its origin away.", "allow-same-origin");
    }
  };

  // The page's htmx, as it really runs.

  const lookAtHtmx = () => {
    const mounts = [...document.querySelectorAll("[hx-get], [hx-post], [data-hx-get], [data-hx-post]")];
    const ours = mounts.flatMap((one) => {
      const address = ["hx-get", "hx-post", "data-hx-get", "data-hx-post"].map((n) => one.getAttribute(n));
      return address.filter((a) => a && isOurs(a) && /\/(2|4)(\?|$)/.test(a));
    });
    if (!ours.length) return;
    const version = window.htmx?.version;
    if (!version) return note("wrong", "htmx_missing", "The page has a mount, and no htmx runs in it.");
    note("seen", "htmx", `htmx ${version} runs in the page.`);
    const major = version.split(".")[0];
    for (const address of ours) {
      const dialect = address.match(/\/(2|4)(\?|$)/)[1];
      if (dialect !== major)
        note(
          "wrong",
          "htmx_version",
          `htmx ${version} asks for forms in the dialect of htmx ${dialect}.`,
          address.split("?")[0].replace(/\/[24]$/, `/${major}`),
        );
    }
    if (major === "2" && window.htmx.config.selfRequestsOnly)
      note(
        "wrong",
        "htmx_self_only",
        "htmx 2 talks to its own origin alone.",
        `<meta name="htmx-config" content='{"selfRequestsOnly":false}'>`,
      );
  };
  const refused = ({ type, detail }) => {
    const address = detail?.ctx?.request?.action ?? detail?.pathInfo?.requestPath ?? detail?.path ?? "";
    if (isOurs(address) || isOurs(detail?.requestConfig?.path ?? ""))
      note("wrong", "htmx_failed", `htmx says ${type}: ${detail?.error ?? detail?.ctx?.status ?? "no answer"}.`);
  };
  for (const name of HTMX.split(" ")) on(document, name, refused);

  // What Askonce says to the page; on a site for tests it says why.

  for (const name of NAMES.split(" "))
    on(document, `askonce-${name}`, ({ detail, type }) => {
      const { status = "", code = "" } = detail ?? {};
      const isBad = name === "error" || name === "gone";
      const why = code || (isBad ? "why is in the log of Askonce; a sandbox site is told" : "");
      note(isBad ? "wrong" : "seen", code || type, `${type} ${[status, why].filter(Boolean).join(": ")}`.trim());
    });

  // Assertions: decoded here, and sent nowhere. Whether the signature holds only Askonce knows.

  let ahead = 0; // seconds by which this clock is before Askonce's
  const now = () => Date.now() / 1000 - ahead;
  const decode = (part) => {
    const raw = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(raw, (one) => one.charCodeAt(0))));
  };
  const lookAtToken = (text, mode, nonce) => {
    let header, claims;
    try {
      [header, claims] = text.trim().split(".").slice(0, 2).map(decode);
    } catch {
      return note("wrong", "token_malformed", "What the page has for an assertion is none.");
    }
    const { aud, iss, origin, iat, exp, sub, ...more } = claims;
    note("seen", "assertion", `An assertion of ${iss} for ${typeof sub === "string" ? "a person" : sub}.`);
    const must = (isGood, code, sentence, change) => isGood || note("wrong", code, sentence, change);
    const extra = Object.keys(header).filter((name) => !["alg", "kid", "typ"].includes(name));
    must(!extra.length, "token_header", `The header has ${extra}, which it must not.`, "alg, kid, typ");
    must(header.typ === "askonce+jwt", "token_header", `typ is ${header.typ}.`, '"typ": "askonce+jwt"');
    must(aud === ASKONCE, "token_audience", `aud is ${aud} but must be ${ASKONCE}.`, `"aud": "${ASKONCE}"`);
    const here = location.origin;
    must(origin === here, "token_origin", `origin is ${origin} but must be ${here}.`, `"origin": "${here}"`);
    must(more.mode === mode, "token_mode", `mode is ${more.mode} but must be ${mode}.`, `"mode": "${mode}"`);
    const life = LIFE[mode];
    must(exp - iat <= life, "token_lifetime", `It lives ${exp - iat} seconds, over ${life}.`, `"exp": iat + ${life}`);
    must(exp > now() - SKEW, "token_expired", `It expired ${Math.round(now() - exp)} seconds ago.`, "Cache-Control: no-store");
    must(iat < now() + SKEW, "token_early", `It is ${Math.round(iat - now())} seconds from the future.`, "timedatectl set-ntp true");
    if (nonce) must(more.nonce === nonce, "token_nonce", "nonce is not that of the request.", '"nonce": the header X-Askonce-Nonce');
  };
  const lookAtTokens = () => {
    const names = ["hx-headers", "hx-vals", "data-hx-headers", "data-hx-vals"];
    const places = [...document.querySelectorAll("[hx-headers], [hx-vals], [data-hx-headers], [data-hx-vals]")];
    const written = places.flatMap((one) => names.map((name) => one.getAttribute(name)));
    const typed = [...document.querySelectorAll("input[name=assertion]")].map((one) => one.value);
    const tokens = [...written, ...typed].join(" ").match(/eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g) ?? [];
    for (const token of new Set(tokens)) lookAtToken(token, "htmx");
  };
  customElements.whenDefined("ask-once").then((Element) => {
    const own = Element.prototype.getToken;
    Element.prototype.getToken = async function (nonce) {
      const said = await own.call(this, nonce).catch((error) => {
        note("wrong", "token_endpoint", `The token endpoint gave nothing: ${error.message}.`);
        throw error;
      });
      if (ending.signal.aborted) return said;
      if (said) lookAtToken(said, "element", nonce);
      else note("wrong", "token_endpoint", "The token endpoint refused: see its answer under Network.");
      return said;
    };
  });

  // The clocks, and what the page is.

  const lookAtClock = async () => {
    try {
      const asked = Date.now();
      const way = { cache: "no-store", credentials: "omit", signal: ending.signal };
      const told = Number(await (await fetch(`${ASKONCE}/doctor/clock`, way)).text());
      ahead = (asked + Date.now()) / 2000 - told;
      const apart = `This clock and that of Askonce are ${Math.abs(ahead).toFixed(0)} seconds apart.`;
      note(Math.abs(ahead) > SKEW ? "doubtful" : "seen", "clock_skew", apart);
    } catch {
      note("doubtful", "askonce_unreachable", `This page may not ask ${ASKONCE} for the time.`);
    }
  };
  const look = async () => {
    if (location.protocol === "https:" && ASKONCE.startsWith("http:"))
      note("wrong", "mixed_content", "The page comes over https and Askonce over http.", "https://");
    const isolated = window.crossOriginIsolated ? "is" : "is not";
    note("seen", "isolation", `The page ${isolated} cross-origin isolated.`);
    for (const one of document.querySelectorAll("ask-once:not(:defined)"))
      note("wrong", "loader_missing", `<ask-once site="${one.getAttribute("site")}"> has no loader that runs.`);
    lookAtHtmx();
    lookAtFrames();
    await lookAtClock();
    lookAtTokens();
  };

  const started = performance.now();
  again.onclick = () => {
    found.clear();
    for (const frame of document.querySelectorAll("iframe")) told.delete(frame);
    look();
  };
  if (document.readyState === "complete") look();
  else on(window, "load", (event) => event.target === document && look());
  setTimeout(lookAtFrames, PATIENCE + 100);
})();
