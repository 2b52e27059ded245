// What only the browser can see of why a sign-in may not work: whether our
// cookie comes back, where the page stands, and whether the clock is right. The
// server judges; where all is well, nothing is shown.

const box = document.getElementById("selftest");
const address = "/api/v1/auth/selftest";
const fields = () => document.querySelectorAll("input[name=csrf_token]");

// A request as a form sends it: under "same-origin" the Referrer-Policy decides
// over Origin as it does there.
const ask = (path, options = {}) => fetch(path, {
  mode: "same-origin", credentials: "same-origin", cache: "no-store",
  ...options, headers: { Accept: "application/json", ...options.headers },
});

const tell = (more = {}) => ask(address, {
  method: "POST",
  headers: { "Content-Type": "application/json", "X-CSRF-TOKEN": fields()[0]?.value ?? "" },
  body: JSON.stringify({
    page: location.pathname.slice(0, 100), origin: location.origin,
    made: Number(box.dataset.made), open: Math.round(performance.now()), now: Date.now(),
    framed: window.top !== window, secure: isSecureContext, cookies: navigator.cookieEnabled,
    lang: document.documentElement.lang, ...more,
  }),
});

// Only where ours did not come back: does the browser keep any at all?
const keeps = () => {
  const attributes = `; path=${location.pathname}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  try {
    document.cookie = `aiwfe_probe=1${attributes}; max-age=10`;
    const kept = document.cookie.split("; ").includes("aiwfe_probe=1");
    document.cookie = `aiwfe_probe=${attributes}; max-age=0`;
    return kept;
  } catch { // a sandboxed frame has none at all
    return false;
  }
};

// A token may be stale without anything being wrong: another tab, another
// server. A fresh one serves the forms of this page too.
const renew = async () => {
  const answer = await ask("/api/v1/auth/csrf-token");
  const { csrf_token: token } = await answer.json();
  if (token) for (const field of fields()) field.value = token;
};

const show = ({ text, detail, report }) => {
  box.querySelector(".notice-title").textContent = text || detail;
  const line = box.querySelector(".trouble");
  if (report) {
    line.querySelector("code").textContent = report;
    line.hidden = false;
  }
  box.hidden = false;
};

const test = async () => {
  let answer = await tell(), found = await answer.json();
  if (answer.status === 403 && !found.report && found.code?.startsWith("csrf_")) {
    await renew();
    answer = await tell({ again: true, kept: keeps() });
    found = await answer.json();
  }
  if (found.look) {
    const page = await ask(location.href, { method: "HEAD" });
    answer = await tell({ policy: (page.headers.get(found.look) ?? "").slice(0, 200) });
    found = await answer.json();
  }
  if (found.report || found.ok === false) show(found);
};

// What was found already stands on the page.
if (box && !document.querySelector(".trouble-code:not(:empty)")) {
  const begin = () => test().catch(() => { /* no answer: the page itself will tell */ });
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin);
}
