// Menus, confirmations, double-submit guard, select-all. Every page works without this file.
"use strict";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

function ask(question, then) {
  const dialog = document.getElementById("confirm-dialog");
  if (!dialog || !dialog.showModal) {
    if (window.confirm(question)) then();
    return;
  }
  dialog.querySelector("#confirm-title").textContent = question;
  dialog.returnValue = "";
  dialog.addEventListener("close", () => dialog.returnValue === "yes" && then(), { once: true });
  dialog.showModal();
}

function missingReason(form, button) {
  if (!button || !button.hasAttribute("data-needs-reason")) return false;
  const reason = form.querySelector("[name=reason]");
  if (!reason || reason.value.trim()) return false;
  reason.setAttribute("aria-invalid", "true");
  reason.placeholder = "请先写明理由";
  reason.focus();
  return true;
}

// A confirmed or first submission goes through; a second click within ten seconds does not.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (missingReason(form, button)) {
    event.preventDefault();
    return;
  }
  const question = (button && button.dataset.confirm) || form.dataset.confirm;
  if (question && !form.dataset.confirmed) {
    event.preventDefault();
    ask(question, () => {
      form.dataset.confirmed = "1";
      form.requestSubmit(button || undefined);
    });
    return;
  }
  if (!form.hasAttribute("data-once")) return;
  if (Date.now() - Number(form.dataset.sentAt || 0) < 10000) event.preventDefault();
  else form.dataset.sentAt = String(Date.now());
});

// Signing out takes along what a shared computer kept of unsaved drafts.
document.addEventListener("submit", (event) => {
  if (!event.target.hasAttribute("data-forget")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sentAt;
});

for (const bulk of document.querySelectorAll("form[data-bulk]")) {
  const boxes = () => [...document.querySelectorAll(`input[name=ids][form=${bulk.id}]`)];
  const all = bulk.querySelector("[data-select-all]");
  const box = all.querySelector("input");
  const tell = () => {
    const picked = boxes().filter((one) => one.checked).length;
    box.checked = picked > 0 && picked === boxes().length;
    box.indeterminate = picked > 0 && picked < boxes().length;
    bulk.querySelector("[data-picked]").textContent = `已选 ${picked} 条`;
    for (const button of bulk.querySelectorAll("button[name=action]")) button.disabled = !picked;
  };
  all.hidden = false;
  box.addEventListener("change", () => {
    for (const one of boxes()) one.checked = box.checked;
    tell();
  });
  for (const one of boxes()) one.addEventListener("change", tell);
  tell();
  // The same list comes back after the deed: stay where the next row is.
  const place = `scroll:${location.pathname}${location.search}`;
  bulk.addEventListener("submit", () => sessionStorage.setItem(place, window.scrollY));
  const kept = sessionStorage.getItem(place);
  if (kept !== null) window.scrollTo(0, Number(kept));
  sessionStorage.removeItem(place);
}

const errors = document.getElementById("errors");
if (errors) errors.focus();
