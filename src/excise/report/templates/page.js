// Draws each figure when it comes near, in the reader's own colors, and sorts tables. Text is only ever set as text.
(() => {
  "use strict";
  const island = document.getElementById("pictures");
  const { figures, dark } = JSON.parse(island.textContent);
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const narrow = matchMedia("(max-width: 35rem)");
  const pointer = matchMedia("(pointer: fine)");
  const drawn = new Map(); // each drawn figure, and how wide
  const PRINTED_PX = 680;
  const LEAST_PX = 160;
  let printing = false;

  // Figures come in the light colors; in the dark every color, and nothing but a color, is replaced.
  const recolor = (value, key) => {
    if (typeof value === "string") return /color/i.test(key) && Object.hasOwn(dark, value) ? dark[value] : value;
    if (Array.isArray(value)) return value.map((item) => recolor(item, key));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, recolor(item, name)]));
    }
    return value;
  };

  const replace = (layout, path, value) => {
    const names = path.split(".");
    const last = names.pop();
    let at = layout;
    for (const name of names) at = at[name] ??= {};
    at[last] = value;
  };

  // The width is always said: left to itself, Plotly loses a figure's margins once the window was all but closed.
  const draw = (node) => {
    const width = printing ? PRINTED_PX : node.clientWidth;
    if (width < LEAST_PX) return;
    const original = figures[node.id];
    const { data, layout } = prefersDark.matches && !printing ? recolor(original, "") : structuredClone(original);
    if (narrow.matches && !printing) {
      for (const [path, value] of Object.entries(layout.meta?.narrow ?? {})) replace(layout, path, value);
    }
    layout.dragmode = pointer.matches ? "zoom" : false; // a finger scrolls the page
    layout.autosize = false;
    layout.width = width;
    drawn.set(node, width);
    Plotly.react(node, data, layout, { displayModeBar: false, showTips: false });
  };
  const again = () => [...drawn.keys()].forEach(draw);

  const plots = [...document.querySelectorAll(".plot")];
  const watch = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) draw(target);
        if (drawn.has(target)) watch.unobserve(target);
      }
    },
    { rootMargin: "800px 0px" },
  );
  plots.forEach((node) => watch.observe(node));
  const follow = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (!printing && drawn.has(target) && drawn.get(target) !== target.clientWidth) draw(target);
    }
  });
  plots.forEach((node) => follow.observe(node));
  prefersDark.addEventListener("change", again);
  narrow.addEventListener("change", again);
  addEventListener("beforeprint", () => {
    printing = true;
    plots.forEach(draw);
  });
  addEventListener("afterprint", () => {
    printing = false;
    plots.forEach(draw);
  });

  const order = new Intl.Collator("en", { numeric: true });
  const compare = (one, other) => {
    const a = one.dataset.v;
    const b = other.dataset.v;
    if (a !== undefined && b !== undefined) return Number(a) - Number(b);
    return order.compare(one.textContent, other.textContent);
  };
  const sort = (table, column, heading) => {
    const numbers = heading.matches(".count, .compact, .bits, .weight");
    const now = heading.getAttribute("aria-sort");
    const down = now ? now === "ascending" : numbers;
    const body = table.tBodies[0];
    const empty = (row) => row.cells[column].dataset.v === "";
    const rows = [...body.rows].sort((one, other) => {
      if (empty(one) !== empty(other)) return empty(one) ? 1 : -1; // what is not known comes last either way
      return (down ? -1 : 1) * compare(one.cells[column], other.cells[column]);
    });
    body.append(...rows);
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      heading.replaceChildren(button);
      button.addEventListener("click", () => sort(table, column, heading));
    });
  }
})();
