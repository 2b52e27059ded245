// What a page gains where scripts run. Every form works without any of it.
// Its words stand in data attributes, in the language of the page.

const all = (selector) => document.querySelectorAll(selector);
const byId = (id) => document.getElementById(id);

// Show password: the name of the button stays and aria-pressed tells the state.
for (const button of all("[data-reveal]")) {
  const input = byId(button.dataset.reveal);
  const show = (on) => {
    input.type = on ? "text" : "password";
    button.setAttribute("aria-pressed", String(on));
  };
  button.hidden = false;
  button.addEventListener("click", () => show(input.type === "password"));
  // A field sent as text would be kept by the browser's history of form values.
  input.form?.addEventListener("submit", () => show(false));
}

for (const input of all("[data-caps]")) {
  const hint = byId(input.dataset.caps);
  const look = (event) => {
    // Autofill sends key events without a keyboard behind them.
    if (event.getModifierState) hint.hidden = !event.getModifierState("CapsLock");
  };
  input.addEventListener("keydown", look);
  input.addEventListener("keyup", look);
  input.addEventListener("blur", () => { hint.hidden = true; });
}

// Length as the server counts it: code points of the NFC form.
for (const input of all("[data-count]")) {
  const note = byId(input.dataset.count);
  const least = input.minLength;
  input.addEventListener("input", () => {
    const have = [...input.value.normalize("NFC")].length;
    note.hidden = have === 0;
    const words = have < least ? note.dataset.short : note.dataset.enough;
    note.textContent = words.replace("{have}", have).replace("{least}", least);
    note.classList.toggle("note-success", have >= least);
  });
}

// The clipboard exists on https and localhost only; elsewhere the id is
// selected whole by a click.
if (navigator.clipboard) {
  for (const button of all("[data-copy]")) {
    const label = button.querySelector("[data-copy-label]");
    const before = label.textContent;
    button.hidden = false;
    label.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(byId(button.dataset.copy).textContent);
        label.textContent = label.dataset.copied;
      } catch {
        label.textContent = label.dataset.byHand;
        getSelection().selectAllChildren(byId(button.dataset.copy));
      }
      setTimeout(() => { label.textContent = before; }, 2000);
    });
  }
}

// "3 minutes ago", with the exact time kept in the tooltip.
const times = all("time[data-relative]");
if (times.length) {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
  const steps = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];
  for (const time of times) time.title = time.textContent;
  const tell = () => {
    for (const time of times) {
      const seconds = Math.round((Date.parse(time.dateTime) - Date.now()) / 1000);
      const step = steps.find(([, size]) => Math.abs(seconds) >= size);
      time.textContent = step ? words.format(Math.trunc(seconds / step[1]), step[0]) : time.dataset.relative;
    }
  };
  tell();
  setInterval(tell, 60000);
}

// A second press while the first is on its way is dropped. Coming back by the
// back button shows the page as it was left, so it is opened again then.
for (const form of all("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelector("[type=submit]")?.setAttribute("aria-busy", "true");
  });
}
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of all("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[type=submit]")?.removeAttribute("aria-busy");
  }
});

// Where autofocus did not move the focus to what is wrong, this does.
const summary = byId("error-summary");
if (summary) {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) summary.focus();
  });
}
