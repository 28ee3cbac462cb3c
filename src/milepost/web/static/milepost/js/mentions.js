// Names people in a comment: a list under the field while @ and a beginning are typed. Without it a name is typed in full.
(() => {
  document.querySelectorAll("[data-mention]").forEach((box) => {
    const field = box.querySelector("textarea"), list = document.createElement("div");
    let asked = 0;
    Object.assign(list, { className: "sug", id: `${field.id}-people`, hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "People who can be mentioned");
    box.append(list);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    const options = () => [...list.children];
    const hide = () => { list.hidden = true; field.removeAttribute("aria-activedescendant"); };
    const pick = (one) => {
      options().forEach((o) => o.setAttribute("aria-selected", o === one));
      field.setAttribute("aria-activedescendant", one.id);
      one.scrollIntoView({ block: "nearest" });
    };
    const picked = () => options().find((o) => o.getAttribute("aria-selected") === "true");
    const typed = () => field.value.slice(0, field.selectionStart).match(/(?:^|[\s(])@(\S*(?: \S+)?)$/);
    const take = (one) => {
      const at = field.selectionStart - typed()[1].length;
      field.setRangeText(`${one.dataset.name} `, at, field.selectionStart, "end");
      hide();
      field.focus();
    };
    field.addEventListener("input", async () => {
      const now = ++asked, begun = typed();
      if (!begun) { hide(); return; }
      const answer = await fetch(`${box.dataset.mention}?q=${encodeURIComponent(begun[1])}`, { headers: { "HX-Request": "true" } });
      const found = answer.ok && !answer.redirected ? await answer.text() : "";
      if (now !== asked) return;
      list.innerHTML = found;
      options().forEach((o) => { o.id = `${list.id}-${o.id}`; });
      if (!list.children.length) { hide(); return; }
      list.hidden = false;
      pick(list.firstElementChild);
    });
    field.addEventListener("keydown", (e) => {
      if (list.hidden) return;
      const all = options(), at = all.indexOf(picked());
      if (e.key === "ArrowDown") pick(all[(at + 1) % all.length]);
      else if (e.key === "ArrowUp") pick(all[(at + all.length - 1) % all.length]);
      else if ((e.key === "Enter" && !e.ctrlKey && !e.metaKey) || e.key === "Tab") take(picked());
      else if (e.key === "Escape") hide();
      else return;
      e.preventDefault();
      e.stopPropagation();
    });
    list.addEventListener("mousedown", (e) => {
      const one = e.target.closest("[role=option]");
      e.preventDefault();
      if (one) take(one);
    });
    field.addEventListener("blur", hide);
  });
})();
