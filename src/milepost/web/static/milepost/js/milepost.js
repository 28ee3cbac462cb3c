// Makes pages smoother; every one of them works without it.
(() => {
  const root = document.documentElement, body = document.body, ws = body.dataset.ws;
  root.classList.add("js");
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) && el.type !== "radio" && el.type !== "checkbox");

  // Folding is remembered for this browser.
  const key = (el) => `fold:${ws}:${el.dataset.fold}`;
  const folds = (scope) => scope.querySelectorAll("details[data-fold]").forEach((el) => {
    if (localStorage.getItem(key(el)) === "closed" && !el.hasAttribute("hx-get")) el.open = false;
    el.addEventListener("toggle", () => localStorage.setItem(key(el), el.open ? "open" : "closed"));
  });
  folds(document);
  document.addEventListener("htmx:load", (e) => {
    folds(e.detail.elt);
    // Rows that were left open are fetched again, a screenful at most.
    const kept = [...e.detail.elt.querySelectorAll("details[data-fold][hx-get]")].filter((el) => localStorage.getItem(key(el)) === "open");
    kept.slice(0, 12).forEach((el) => { el.open = true; });
  });

  document.addEventListener("click", (e) => {
    const copy = e.target.closest("[data-copy]");
    const put = e.target.closest("[data-put]"), field = put?.closest("form")?.elements[put.dataset.put];
    if (field) { field.value = put.dataset.value; field.focus(); field.dispatchEvent(new Event("change", { bubbles: true })); }
    if (copy) navigator.clipboard.writeText(copy.dataset.copy).then(() => { copy.textContent = "Copied"; });
  });
  document.querySelectorAll("select[data-go]").forEach((el) => el.addEventListener("change", () => el.form.submit()));

  // A form shows what belongs to the choice that stands; without this script all of it is there.
  document.querySelectorAll("select").forEach((el) => {
    const parts = el.form?.querySelectorAll(`[data-when="${el.name}"]`) ?? [];
    const show = () => parts.forEach((part) => { part.hidden = !part.dataset.values.split(" ").includes(el.value); });
    if (parts.length) { el.addEventListener("change", show); show(); }
  });

  // Whoever leaves while hints are on their way has no error: nobody waits for them any more.
  const flying = new Set();
  document.addEventListener("htmx:beforeSend", (e) => flying.add(e.detail.xhr));
  document.addEventListener("htmx:afterRequest", (e) => flying.delete(e.detail.xhr));
  const forget = () => flying.forEach((xhr) => { xhr.onload = xhr.onerror = xhr.onabort = null; });
  addEventListener("beforeunload", forget);
  document.addEventListener("submit", (e) => {
    const hints = e.target.querySelector("[data-hints]");
    if (hints) { forget(); hints.remove(); }
  });

  // Find or do anything.
  const palette = document.getElementById("palette");
  const fragment = async (query) => {
    const answer = await fetch(`/w/${ws}/find/?${query}`, { headers: { "HX-Request": "true" } });
    const elsewhere = answer.headers.get("HX-Redirect") || (answer.redirected && answer.url);
    if (elsewhere) location.href = elsewhere;
    return elsewhere ? null : answer.text();
  };
  const find = async () => {
    if (!palette || palette.open) return;
    const found = await fragment("palette=1");
    if (found === null) return;
    palette.innerHTML = found;
    if (window.htmx) window.htmx.process(palette);
    palette.showModal();
    palette.querySelector("input").focus();
  };
  document.querySelectorAll("[data-find]").forEach((el) => el.addEventListener("click", (e) => { e.preventDefault(); find(); }));
  if (palette) {
    palette.addEventListener("keydown", (e) => {
      const hits = [...palette.querySelectorAll(".hits-l a, .hits-l button")], at = hits.indexOf(document.activeElement);
      if (e.key === "ArrowDown" || e.key === "ArrowUp") {
        e.preventDefault();
        (hits[at + (e.key === "ArrowDown" ? 1 : -1)] || palette.querySelector("input")).focus();
      }
    });
    // Enter takes the first hit, asked for afresh so that fast typing never takes an older one.
    palette.addEventListener("submit", async (e) => {
      if (e.target.method !== "get") return;
      e.preventDefault();
      const hits = palette.querySelector("#find-hits");
      const q = encodeURIComponent(palette.querySelector("input").value);
      const found = await fragment(`hits=1&q=${q}`);
      if (found === null) return;
      hits.innerHTML = found;
      hits.querySelector("a, button")?.click();
    });
  }

  // Keys.
  const pages = { w: "week", g: "goals", k: "kpis", p: "people" };
  const themes = { auto: "dark", dark: "light", light: "auto" };
  let before = "";
  const move = (step) => {
    const rows = [...document.querySelectorAll(".row .name[href], .tile h3 a, .due h3 a, .kr .name[href], .mc-t a, .gt .name")].filter((r) => r.offsetParent);
    rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(document.activeElement) + step))]?.focus();
  };
  // The strategy map: the branch under the pointer or the focus is drawn, arrows walk along it.
  const nodeOf = (el) => el?.closest?.(".map .mn");
  const light = (e) => {
    const node = e.target.closest?.(".mc") && nodeOf(e.target);
    if (!node) return;
    document.querySelectorAll(".map .lit").forEach((n) => n.classList.remove("lit"));
    for (let n = node; n; n = nodeOf(n.parentElement)) n.classList.add("lit");
    node.querySelectorAll(".mn").forEach((n) => n.classList.add("lit"));
    document.querySelector("[data-lit]").textContent = node.querySelector(".mc-t a").textContent;
  };
  document.addEventListener("pointerover", light);
  document.addEventListener("focusin", light);
  const walk = (arrow) => {
    const node = nodeOf(document.activeElement);
    if (!node) return false;
    if (arrow === "ArrowUp" || arrow === "ArrowDown") move(arrow === "ArrowUp" ? -1 : 1);
    else (arrow === "ArrowLeft" ? nodeOf(node.parentElement) : node.querySelector(".mn"))?.querySelector(".mc-t a").focus();
    return true;
  };
  document.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") { e.preventDefault(); find(); return; }
    const group = e.target.closest?.("[data-confidence]");
    if (group && /^[0-9]$/.test(e.key)) {
      const box = group.querySelector(`input[value="${e.key === "0" ? 10 : e.key}"]`);
      box.checked = true; box.focus(); return;
    }
    const accept = e.key === "Enter" && !e.ctrlKey && !e.metaKey && document.getElementById(e.target.dataset?.enter);
    if (accept) { e.preventDefault(); accept.click(); return; }
    if ((e.ctrlKey || e.metaKey) && e.key === "Enter") {
      const form = e.target.closest?.("form[data-submit]") || document.querySelector("form[data-submit]");
      if (form) { e.preventDefault(); form.requestSubmit(form.querySelector(".btn-main")); }
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || document.querySelector("dialog[open]")) return;
    const chord = before + e.key;
    before = e.key === "g" ? "g" : "";
    if (chord.length === 2 && pages[e.key]) location.href = `/w/${ws}/${pages[e.key]}/`;
    else if (e.key === "/") { e.preventDefault(); find(); }
    else if (e.key === "j") move(1);
    else if (e.key === "k") move(-1);
    else if (e.key.startsWith("Arrow") && walk(e.key)) e.preventDefault();
    else if (e.key === "o") (document.activeElement.closest(".mc")?.querySelector("[data-follow]") || document.activeElement).click?.();
    else if (e.key === "x") { const d = document.activeElement.closest("li")?.querySelector("details[data-fold]"); if (d) d.open = !d.open; }
    else if (e.key === "n") document.querySelector("[data-new]")?.click();
    else if (e.key === "f") document.querySelector(".filters a")?.focus();
    else if (e.key === "c") document.querySelector(".due input, .kr-in input, .kr-a .lnk")?.focus();
    else if (e.key === "m") { const say = document.querySelector("[data-say]"); if (say) { e.preventDefault(); say.focus(); } }
    else if (e.key === "t") {
      const next = themes[root.dataset.theme || "auto"];
      if (next === "auto") delete root.dataset.theme; else root.dataset.theme = next;
      document.cookie = `theme=${next};path=/;max-age=31536000;samesite=lax`;
    }
  });
})();
