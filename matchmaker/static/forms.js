// Counters, tags, autosave. A form with data-autosave-url is posted there two seconds after the last key;
// when the session has expired the text stays in this browser and is offered again after sign-in.
"use strict";

for (const note of document.querySelectorAll("[data-count-for]")) {
  const box = document.getElementById(note.dataset.countFor);
  const limit = Number(box.dataset.limit);
  const tell = () => {
    const used = [...box.value].length;
    note.textContent = used > limit ? `已写 ${used} 字，超出 ${used - limit} 字` : `${used} / ${limit} 字`;
    note.classList.toggle("over", used > limit);
  };
  box.addEventListener("input", tell);
  tell();
}

for (const holder of document.querySelectorAll("[data-tags]")) {
  const box = holder.querySelector("input");
  if (!box) continue;
  const list = document.createElement("ul");
  list.className = "tag-list";
  list.setAttribute("aria-label", "已填的词");
  box.parentNode.before(list);
  const words = () => box.value.split(/[、，,;；\s]+/u).filter(Boolean);
  const show = () => {
    list.replaceChildren(...words().map((word) => {
      const item = document.createElement("li");
      const remove = document.createElement("button");
      item.append(word, remove);
      remove.type = "button";
      remove.textContent = "×";
      remove.setAttribute("aria-label", `删除 ${word}`);
      remove.addEventListener("click", () => {
        box.value = words().filter((other) => other !== word).join("、");
        box.dispatchEvent(new Event("input", { bubbles: true }));
        box.focus();
      });
      return item;
    }));
  };
  box.addEventListener("input", show);
  show();
}

const clock = () => new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });

function entries(form) {
  return [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
}

function refill(form, saved) {
  for (const box of form.querySelectorAll("[name]")) {
    if (["csrf_token", "version", "submission_key"].includes(box.name) || box.type === "file") continue;
    const values = saved.filter(([name]) => name === box.name).map(([, value]) => value);
    if (box.type === "checkbox" || box.type === "radio") box.checked = values.includes(box.value);
    else if (box.tagName === "SELECT") for (const option of box.options) option.selected = values.includes(option.value);
    else if (values.length) box.value = values[0];
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function offer(form, key) {
  const kept = localStorage.getItem(key);
  if (!kept) return;
  const { at, values } = JSON.parse(kept);
  const note = document.createElement("div");
  note.className = "restore";
  note.setAttribute("role", "status");
  note.append(`本机留有 ${at} 未保存成功的内容。`);
  for (const [label, take] of [["恢复", true], ["丢弃", false]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-line btn-small";
    button.textContent = label;
    button.addEventListener("click", () => {
      if (take) refill(form, values);
      localStorage.removeItem(key);
      note.remove();
    });
    note.append(button);
  }
  form.prepend(note);
}

function autosave(form) {
  let url = form.dataset.autosaveUrl;
  const key = `draft:${url}`;
  const status = form.querySelector("[data-autosave-status]");
  const say = (text) => { if (status) status.textContent = text; };
  const keep = () => localStorage.setItem(key, JSON.stringify({ at: clock(), values: entries(form) }));
  let timer = null;
  let sending = false;

  async function save() {
    if (sending) { schedule(); return; }
    sending = true;
    try {
      const body = new FormData(form);
      body.delete("submission_key"); // saving a draft must not use up the submission
      const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json", "X-Requested-With": "fetch" }, redirect: "manual" });
      if (answer.ok) {
        const saved = await answer.json().catch(() => ({}));
        const version = form.querySelector("[name=version]");
        if (version && saved.version !== undefined) version.value = saved.version;
        if (saved.autosave) {
          url = saved.autosave; // the first save made the draft: later ones change it
          form.action = saved.action;
          history.replaceState(null, "", saved.action);
        }
        localStorage.removeItem(key);
        say(`已保存 ${clock()}`);
      } else {
        keep();
        const expired = answer.status === 401 || answer.type === "opaqueredirect";
        say(expired ? "登录已过期，内容已留在本机；重新登录后回到本页可恢复" : answer.status === 409 ? "他人已修改本条，自动保存已停，请刷新后核对" : "暂未保存，内容已留在本机");
      }
    } catch {
      keep();
      say("网络不通，内容已留在本机");
    } finally {
      sending = false;
    }
  }
  function schedule() {
    clearTimeout(timer);
    timer = setTimeout(save, 2000);
  }
  offer(form, key);
  form.addEventListener("input", schedule);
  form.addEventListener("submit", () => { clearTimeout(timer); localStorage.removeItem(key); });
}

for (const form of document.querySelectorAll("form[data-autosave-url]")) autosave(form);
