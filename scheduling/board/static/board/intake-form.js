/** An intake as a form: all that the front desk may complete or correct. */

import { select } from "./dialog.js";
import { HoursWish } from "./hours-wish.js";
import { h } from "./html.js";
import { FOR_WHOM, GENDERS, MUSTS, languageWords } from "./intake-words.js";
import { PersonForm, SOMEBODY } from "./person-form.js";
import { ask, askDay, askNumber, askWhether, askWhich, isSame } from "./questions.js";

/** @typedef {import("./reference.js").Reference} Reference */
/** @typedef {import("./questions.js").Question} Question */

/** @type {[string, string][]} */
const CONSENTS = [["guardian", "A guardian consents"], ["self_12plus", "The minor consents, from twelve on"]];

/** @type {[string, string][]} */
const WRITTEN_IN = [["en", "English"], ["es", "Spanish"]];

const ROWS_OF_WISHES = ["other_concerns", "modalities", "languages", "genders", "offices"];

export class IntakeForm {
  /** @param {any} intake @param {Reference} reference */
  constructor(intake, reference) {
    this.intake = intake;
    this.hours = new HoursWish(intake);
    /** @type {Record<string, Question>} */
    this.questions = questionsOf(intake, reference);
    this.questions.for_whom.control.addEventListener("change", () => this.show());
    /** @type {PersonForm[]} */
    this.people = [];
    this.list = h("div");
    this.persons = h("fieldset", { class: "plain" },
      h("legend", { class: "visually-hidden" }, "People"), this.list,
      h("div", { class: "row" },
        h("button", { type: "button", onclick: () => this.add(SOMEBODY).questions.first_name.control.focus() },
          "Add a person")));
    for (const person of intake.people) this.add(person);
    const { questions: at } = this;
    const shown = (/** @type {string[]} */ ...names) => names.map((name) => at[name].element);
    this.element = h("div", { class: "columns" },
      h("div", {},
        h("div", { class: "pair" }, ...shown("for_whom", "consent_basis")),
        this.persons,
        h("div", { class: "pair" }, ...shown("state", "language")),
        h("fieldset", { class: "which" }, h("legend", {}, "May be written to"), ...shown("sms", "email")),
        ...shown("telehealth_consent_on")),
      h("div", {},
        ...shown("main_concern", "other_concerns", "modalities", "languages", "genders", "offices", "by_video"),
        this.hours.element,
        ...shown("start_within_days", "musts")));
    this.show();
    this.initial = this.value;
    this.initialAnswers = this.answers;
  }

  /** To each question, also to one that is not asked now. @returns {Record<string, any>} */
  get answers() {
    return Object.fromEntries(Object.entries(this.questions).map(([name, each]) => [name, each.value]));
  }

  /** The whole of it, as the API has it. */
  get value() {
    const { sms, email, ...told } = this.answers;
    return {
      ...told,
      ...this.hours.value,
      consent_basis: told.for_whom === "minor" ? told.consent_basis : "",
      consents: { sms, email },
      people: this.people.map((each) => each.value),
    };
  }

  /** No more than what was changed; whatever was there before is not asked about again. */
  get changes() {
    const before = /** @type {Record<string, any>} */ (this.initial);
    return Object.fromEntries(Object.entries(this.value).filter(([name, now]) => !isSame(now, before[name])));
  }

  /** What somebody has typed into `before`, over what this one shows. @param {IntakeForm} before */
  retype(before) {
    for (const [name, answer] of Object.entries(before.answers)) {
      if (!isSame(answer, before.initialAnswers[name])) this.questions[name].value = answer;
    }
    const was = /** @type {Record<string, any>} */ (before.initial);
    const hours = Object.entries(before.hours.value).filter(([name, now]) => !isSame(now, was[name]));
    this.hours.value = { ...this.hours.value, ...Object.fromEntries(hours) };
    for (const person of before.people) {
      const here = person.id ? this.people.find((each) => each.id === person.id) : this.add(SOMEBODY);
      here?.retype(person.typed);
    }
    this.show();
  }

  /** What a pointer of the API is about: "/people/0/born_on", "/musts/1". @param {string} pointer */
  controlAt(pointer) {
    const [name, index, part] = pointer.split("/").slice(1);
    if (name === "people") {
      return index === undefined ? this.persons : this.people[Number(index)]?.questions[part]?.control ?? this.persons;
    }
    const question = this.questions[name === "consents" ? index : name];
    return question?.control ?? this.hours.controlOf(name);
  }

  /** @param {any} person */
  add(person) {
    const added = new PersonForm(person, () => this.remove(added));
    this.people.push(added);
    this.list.append(added.element);
    return added;
  }

  /** @param {PersonForm} person */
  remove(person) {
    this.people = this.people.filter((each) => each !== person);
    person.element.remove();
    this.persons.querySelector(":scope > .row button").focus();
  }

  show() {
    this.questions.consent_basis.element.hidden = this.questions.for_whom.value !== "minor";
  }
}

/** @param {any} intake @param {Reference} reference @returns {Record<string, Question>} */
function questionsOf(intake, reference) {
  const concerns = choicesOf(reference.concerns, [intake.main_concern]);
  const languages = new Set(["en", ...reference.therapists.flatMap((one) => one.languages), ...intake.languages]);
  const writtenIn = WRITTEN_IN.some(([code]) => code === intake.language) ? WRITTEN_IN
    : [...WRITTEN_IN, /** @type {[string, string]} */ ([intake.language, languageWords(intake.language)])];
  /** @type {[string, [string, string][]][]} */
  const several = [
    ["Also", choicesOf(reference.concerns)],
    ["Modality, or any", choicesOf(reference.modalities)],
    ["Language, or any", [...languages].sort().map((code) => [code, languageWords(code)])],
    ["Therapist, or anybody", Object.entries(GENDERS)],
    ["Where, or anywhere", choicesOf(reference.offices)],
  ];
  return {
    for_whom: ask("For whom", select(Object.entries(FOR_WHOM), intake.for_whom)),
    consent_basis: ask("Consent", select(CONSENTS, intake.consent_basis || "guardian")),
    state: ask("State they live in", h("input", { value: intake.state, maxlength: 2, autocomplete: "off" })),
    language: ask("Written to in", select(writtenIn, intake.language)),
    sms: askWhether("By text", intake.consents.sms),
    email: askWhether("By e-mail", intake.consents.email),
    telehealth_consent_on: askDay("Agreed to video on",
      h("input", { type: "date", value: intake.telehealth_consent_on ?? "" })),
    main_concern: ask("Main concern", select(concerns, intake.main_concern)),
    ...Object.fromEntries(ROWS_OF_WISHES.map((name, index) =>
      [name, askWhich(...several[index], intake[name])])),
    by_video: askWhether("By video", intake.by_video),
    start_within_days: askNumber("Begin within how many days, or whenever",
      h("input", { type: "number", min: 1, max: 365, value: intake.start_within_days ?? "" })),
    musts: askWhich("Must be met", Object.entries(MUSTS), intake.musts),
  };
}

/** @param {{slug: string, name: string}[]} rows @param {string[]} [present] @returns {[string, string][]} */
function choicesOf(rows, present = []) {
  const more = present.filter((slug) => !rows.some((row) => row.slug === slug));
  return [...rows.map((row) => /** @type {[string, string]} */ ([row.slug, row.name])),
    ...more.map((slug) => /** @type {[string, string]} */ ([slug, slug.replaceAll("-", " ")]))];
}
