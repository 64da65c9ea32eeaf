// Keys, marking rows, and word of what is new. Every page works without it. Text is only ever set as text.
(() => {
  "use strict";
  const typing = (target) => target.matches("input, textarea, select") || target.isContentEditable;
  const rows = () => [...document.querySelectorAll("table.work tbody tr")];
  let at = -1;
  const stand = (place) => {
    const all = rows();
    if (!all.length) return;
    at = Math.max(0, Math.min(place, all.length - 1));
    all.forEach((row, number) => row.classList.toggle("here", number === at));
    const link = all[at].querySelector("a");
    if (link) link.focus({ preventScroll: true });
    all[at].scrollIntoView({ block: "nearest" });
  };
  let after = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) {
      if (event.key === "Escape" && typing(event.target)) event.target.blur();
      return;
    }
    const key = event.key;
    if (after === "g") {
      after = "";
      const link = document.querySelector(`nav a[data-key="${CSS.escape(key)}"]`);
      if (link) {
        event.preventDefault();
        link.click();
      }
      return;
    }
    if (key === "g") after = "g";
    else if (key === "j") stand(at + 1);
    else if (key === "k") stand(at - 1);
    else if (key === "x") rows()[at]?.querySelector("input[type=checkbox]")?.click();
    else if (key === "/") {
      event.preventDefault();
      document.getElementById("find")?.focus();
    } else if (key === "?") document.getElementById("keys")?.showModal();
  });

  // Marking: one box marks all, and the buttons say how many.
  const all = document.querySelector("input[data-all]");
  const marks = () => [...document.querySelectorAll("input[name=case]")];
  const told = document.querySelector("[data-marked]");
  const tell = () => {
    const count = marks().filter((box) => box.checked).length;
    if (told) told.textContent = count === 1 ? "1 case marked" : `${count} cases marked`;
    for (const button of document.querySelectorAll(".bulk button")) button.disabled = count === 0;
  };
  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const box of marks()) box.checked = all.checked;
      tell();
    });
    marks().forEach((box) => box.addEventListener("change", tell));
    tell();
  }

  // A form that has been sent is not sent twice.
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  }
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[method=post]")) delete form.dataset.sent;
  });

  // What is only of use for some choices shows with them.
  for (const chooser of document.querySelectorAll("select[data-shows]")) {
    const show = () => {
      for (const part of document.querySelectorAll(`[data-for="${CSS.escape(chooser.id)}"]`)) {
        part.hidden = !part.dataset.when.split(" ").includes(chooser.value);
      }
    };
    chooser.addEventListener("change", show);
    show();
  }

  // Somebody, or the loop, changed something: the page says so and stays as it is until asked.
  const live = document.body.dataset.live;
  if (live && "EventSource" in window) {
    const source = new EventSource(live);
    let first = null;
    source.addEventListener("changed", (event) => {
      if (first === null) {
        first = event.data;
        return;
      }
      if (event.data === first) return;
      const fresh = document.getElementById("fresh");
      fresh.querySelector("span").textContent = "Something changed since this page was made.";
      fresh.querySelector("a").href = location.href;
      fresh.hidden = false;
    });
    addEventListener("pagehide", () => source.close());
  }
})();
