// What pages of the account gain where scripts run: a file of what stands on
// the page, paper, and a download that may be asked for twice.

const all = (selector) => document.querySelectorAll(selector);

for (const button of all("[data-save]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = document.getElementById(button.dataset.save).textContent;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = button.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000); // after it was written
  });
}

for (const button of all("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A form that is answered by a file leaves its page open.
for (const form of all("form[data-download]")) {
  form.addEventListener("submit", () => setTimeout(() => {
    delete form.dataset.sent;
    form.querySelector("[type=submit]").removeAttribute("aria-busy");
  }, 3000));
}
