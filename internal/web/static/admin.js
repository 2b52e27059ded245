// What administrators' pages gain where scripts run. Each works without.

const byId = (id) => document.getElementById(id);
document.documentElement.classList.add("scripts");

// Copy buttons of rows, also of rows that come later.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-take]");
  if (!button) return;
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.take);
    button.textContent = "✓";
  } catch {
    getSelection().selectAllChildren(button.previousElementSibling ?? button.parentElement);
  }
  setTimeout(() => { button.textContent = before; }, 1500);
});

// ---- search as one types: the same page is fetched, and its list put in place ----

const search = byId("search");
if (search) {
  const field = byId("q");
  let timer, asking, shown = field.value;
  const address = () => {
    const values = new URLSearchParams(new FormData(search));
    for (const [name, value] of [...values]) if (!value) values.delete(name);
    return values.size ? `${search.action}?${values}` : search.action;
  };
  const ask = async () => {
    clearTimeout(timer);
    if (field.value === shown) return;
    shown = field.value;
    asking?.abort();
    asking = new AbortController();
    const results = byId("results"), to = address();
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(to, { signal: asking.signal, headers: { Accept: "text/html" } });
      // Signed out meanwhile, or a fault: the page itself says so best.
      if (!answer.ok || answer.redirected) return location.assign(to);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      results.replaceWith(page.getElementById("results"));
      byId("heard").textContent = byId("count").textContent;
      history.replaceState(null, "", to);
    } catch (fault) {
      if (fault.name === "AbortError") return;
      results.removeAttribute("aria-busy");
      shown = null;
    }
  };
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
  search.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
}

// ---- the audit as it is written ----

const log = byId("log");
if (log?.dataset.stream && byId("live")) {
  const most = 500;
  const [rows, live, pause, say] = ["rows", "live", "pause", "live-say"].map(byId);
  const form = byId("row-template");
  const names = (id) => Object.fromEntries([...byId(id).options].map((o) => [o.value, o.text]));
  const events = names("event"), outcomes = names("outcome");
  let after = log.dataset.after, source, retry, paused = false, held = [], missed = 0;

  const only = (name, value) => `/admin/audit?${new URLSearchParams({ [name]: value })}`;
  const links = {
    event: (r) => only("event", r.event), address: (r) => only("user", r.address), ip: (r) => only("ip", r.ip),
    request_id: (r) => only("request_id", r.request_id), code: (r) => `/problems/${encodeURIComponent(r.code)}`,
    user_id: (r) => `/admin/users/${encodeURIComponent(r.user_id)}`,
    actor_id: (r) => (r.actor_id === "host" ? "" : `/admin/users/${encodeURIComponent(r.actor_id)}`),
  };

  const fill = (dd, name, row) => {
    const text = name === "at" ? row.at.replace("T", " ").replace("Z", "") : String(row[name]);
    const way = links[name]?.(row);
    const part = document.createElement(way ? "a" : "bdi");
    part.textContent = text;
    if (way) part.href = way;
    dd.append(part);
    if (name !== "request_id") return;
    const why = document.createElement("a");
    Object.assign(why, { className: "log-only", href: `/admin/explain?${new URLSearchParams({ id: text })}`, textContent: form.dataset.explain });
    const copy = document.createElement("button");
    Object.assign(copy, { type: "button", className: "btn btn-small btn-plain", textContent: form.dataset.word });
    copy.dataset.take = text;
    dd.append(" ", why, " ", copy);
  };

  const make = (row) => {
    const item = form.content.firstElementChild.cloneNode(true);
    const at = (selector) => item.querySelector(selector);
    item.id = `row-${row.id}`;
    at("time").dateTime = row.at;
    at("time").textContent = row.at.slice(0, 19).replace("T", " ");
    at(".log-event").textContent = (events[row.event] ?? row.event.replaceAll("_", " ")) + (row.count > 1 ? ` ×${row.count}` : "");
    at(".chip").textContent = outcomes[row.outcome] ?? row.outcome;
    at(".chip").classList.add(row.outcome === "refused" ? "chip-danger" : "chip-success");
    at(".log-who bdi").textContent = row.address || (row.user_id ? form.dataset.account + row.user_id : "—");
    at(".log-from bdi").textContent = row.ip === "local" ? form.dataset.local : row.ip || "—";
    at(".log-why code").textContent = row.reason ?? "";
    at(".log-why span").textContent = row.detail ?? "";
    for (const part of item.querySelectorAll("[data-of]")) {
      if (row[part.dataset.of] === undefined) part.remove();
      else fill(part.querySelector("dd"), part.dataset.of, row);
    }
    return item;
  };

  const show = (list) => {
    const here = rows.getBoundingClientRect().top < 0 ? document.documentElement.scrollHeight : 0;
    for (const row of list) if (!byId(`row-${row.id}`)) rows.prepend(make(row));
    while (rows.children.length > most) rows.lastElementChild.remove();
    byId("none")?.remove();
    // Whoever reads further down keeps the place.
    if (here) scrollBy({ top: document.documentElement.scrollHeight - here, behavior: "instant" });
  };

  const tellWaiting = () => {
    pause.textContent = paused ? `${pause.dataset.resume} (${missed} ${pause.dataset.waiting})` : pause.dataset.pause;
  };

  const hear = (row) => {
    if (!paused) return show([row]);
    held.push(row);
    if (held.length > most) held.shift();
    missed++;
    tellWaiting();
  };

  const resume = () => {
    paused = false;
    show(held);
    held = [];
    missed = 0;
    tellWaiting();
  };

  const close = () => {
    clearTimeout(retry);
    source?.close();
    source = undefined;
  };

  const stop = (words) => {
    close();
    resume();
    live.setAttribute("aria-pressed", "false");
    pause.hidden = true;
    say.textContent = words;
  };

  const open = () => {
    close();
    const to = new URL(log.dataset.stream, location.href);
    if (Number(after) > 0) to.searchParams.set("after", after);
    source = new EventSource(to);
    source.onopen = () => { say.textContent = say.dataset.runs; };
    source.onmessage = (event) => {
      after = event.lastEventId || after;
      hear(JSON.parse(event.data));
    };
    source.addEventListener("end", (event) => {
      const { code } = JSON.parse(event.data);
      if (code.endsWith("unavailable")) return again(say.dataset.lost);
      stop(say.dataset.ended);
    });
    source.onerror = () => {
      say.textContent = say.dataset.lost;
      // A browser tries again by itself unless the answer was no stream at all.
      if (source?.readyState === EventSource.CLOSED) again(say.dataset.busy);
    };
  };

  const again = async (words) => {
    close();
    say.textContent = words;
    // Whether it is worth trying is asked in a way whose answer can be read.
    const answer = await fetch("/api/v1/auth/status").catch(() => null);
    if (answer && (answer.status === 401 || answer.status === 403)) return stop(say.dataset.ended);
    if (live.getAttribute("aria-pressed") === "true") retry = setTimeout(open, 5000);
  };

  live.hidden = false;
  live.addEventListener("click", () => {
    if (live.getAttribute("aria-pressed") === "true") return stop(say.dataset.stopped);
    live.setAttribute("aria-pressed", "true");
    pause.hidden = false;
    byId("count").hidden = true; // it counts what was there at first
    open();
  });
  pause.addEventListener("click", () => {
    if (paused) return resume();
    paused = true;
    tellWaiting();
  });
  // A page that nobody looks at keeps no session alive and takes nobody's place.
  document.addEventListener("visibilitychange", () => {
    if (live.getAttribute("aria-pressed") !== "true") return;
    if (document.hidden) close();
    else open();
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted && live.getAttribute("aria-pressed") === "true") open(); });
}
