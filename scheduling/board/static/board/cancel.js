/** Calling off an appointment: who does, why, and what becomes of the fee. */

import { post, serverNow } from "./api.js";
import { Dialog, field, radios, tellTick, tick } from "./dialog.js";
import { h } from "./html.js";
import { note } from "./notes.js";
import { momentWords, wallOf } from "./wall.js";
import { clientWords } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** @param {Desk} desk @param {any} one the appointment */
export function openCancel(desk, one) {
  const dialog = new Dialog("Cancel the appointment");
  const questions = questionsOf(one);
  dialog.fill(
    h("p", {}, h("strong", {}, clientWords(one)), `, ${momentWords(wallOf(one.starts_at))}, with ${one.therapist.display_name}`),
    h("form", {
      id: "cancel-form",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        void cancel(desk, one, dialog, questions.asked);
      },
    }, ...questions.elements),
  ).foot(
    h("button", { class: "danger", form: "cancel-form" }, "Cancel the appointment"),
    h("button", { type: "button", onclick: () => dialog.close() }, "Keep it"),
  ).open();
}

/** @param {Desk} desk @param {any} one @param {Dialog} dialog @param {any} body */
async function cancel(desk, one, dialog, body) {
  const done = await dialog.during(
    () => post(`appointments/${one.id}/cancel/`, body, one.version),
    (problem) => {
      if (problem.status !== 412) return false;
      dialog.close();
      note("Somebody else has just changed this appointment. Look at it again.", { isAlert: true });
      return true;
    });
  if (done) {
    dialog.close();
    note(`Cancelled: ${clientWords(one)}, ${momentWords(wallOf(one.starts_at))}.`);
  }
  await desk.refresh();
}

/** Only a client who cancels late owes a fee. @param {any} one */
function questionsOf(one) {
  const isLate = serverNow() >= Date.parse(one.late_cancel_at);
  const lateness = latenessOf(one, isLate);
  const fee = feeQuestion();
  const by = radios("Who cancels?", [["client", "The client"], ["practice", "The practice"]], "client", () => show());
  const reason = h("input", { maxlength: 500, autocomplete: "off" });
  const tell = tellTick();
  const show = () => {
    const isClients = by.value === "client";
    lateness.hidden = !isClients;
    fee.show(isClients && isLate);
  };
  show();
  return {
    elements: [by.set, lateness, field("Reason (optional)", reason), fee.element, tell.element],
    get asked() {
      return { by: by.value, reason: reason.value.trim(), ...tell.asked, ...fee.asked };
    },
  };
}

/** @param {any} one @param {boolean} isLate */
function latenessOf(one, isLate) {
  const deadline = momentWords(wallOf(one.late_cancel_at));
  return isLate
    ? h("p", { class: "warning" }, `This is late: the time to cancel ended ${deadline}. A fee is due unless you waive it.`)
    : h("p", { class: "quiet" }, `This is in time: cancelling is free until ${deadline}.`);
}

function feeQuestion() {
  const waived = h("input", { type: "checkbox" });
  const why = h("input", { maxlength: 500, autocomplete: "off" });
  const whyField = field("Why is it waived?", why);
  const element = h("div", {}, tick("Waive the fee", waived), whyField);
  const show = (isDue = !element.hidden) => {
    element.hidden = !isDue;
    whyField.hidden = !waived.checked;
    why.required = isDue && waived.checked;
  };
  waived.addEventListener("change", () => show());
  return {
    element,
    show,
    get asked() {
      const isWaived = !element.hidden && waived.checked;
      return isWaived ? { fee_waived: true, fee_waived_reason: why.value.trim() } : {};
    },
  };
}
