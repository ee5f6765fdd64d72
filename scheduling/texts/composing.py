"""A message's words, by kind, channel and language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from clients.models import Channel
from scheduling.models import CANCELLED, Appointment, MessageKind, PracticePolicy
from scheduling.texts import facts
from scheduling.texts.sms import LONGEST_SMS, fits, plain
from scheduling.texts.words import ANSWERABLE, RETRACTION, Words, words_of

SHORTEST_PLACE = 10  # of what is left of a place that is cut off, to be of use


@dataclass(frozen=True, slots=True)
class Text:
    """A message's words; an SMS has no use for the sender's label and the subject."""

    sender: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Recurring:
    """What a message for a series says beyond its first appointment."""

    every_weeks: int
    occurrences: Sequence[Appointment]

    @property
    def dates(self) -> list[date]:
        return [
            each.starts_at.astimezone(ZoneInfo(each.timezone)).date()
            for each in self.occurrences
        ]


def compose(
    appointment: Appointment,
    *,
    kind: str,
    channel: str,
    policy: PracticePolicy,
    series: Recurring | None = None,
    language: str = "en",
    link: str = "",
) -> Text:
    """The text of a message of this kind about an appointment as it is given; and about
    those that follow, if it is for a `series`. Whoever follows the `link` can answer.

    An SMS fits into one part, whatever staff have entered as label, street and number;
    so it has the link, and then what to reply, only if there is room for them. To
    confirm is asked of one appointment: each of a series is reminded of by itself.
    """
    words = words_of(language)
    label = facts.label(policy, words)
    is_called_off = appointment.status in CANCELLED
    is_retraction = kind == MessageKind.CORRECTION and is_called_off
    form = RETRACTION if is_retraction else str(kind)
    is_answerable = form in ANSWERABLE and series is None
    news = _news(appointment, form, series, words)
    where = facts.where(appointment, words)
    number = facts.number(appointment, policy)
    deadline = _deadline(appointment, words) if kind == MessageKind.OFFER else ""
    if channel == Channel.SMS:
        tails = _tails(number, link, words, is_answerable=is_answerable)
        if deadline:
            head = f"{plain(label)}: {plain(news)}"
            tails = _taking_tails(head, number, link, deadline, words)
        body = _text(plain(label), plain(news), plain(where), tails)
    else:
        sentence = f"{news[0].upper()}{news[1:]}, {where}."
        dates = _dates(series, words) if series else ""
        footer = _footer(number, link, words, is_answerable=is_answerable)
        if deadline:
            by_link = words.take.format(until=deadline, link=link)
            footer[0] = by_link if link else _take_by_phone(deadline, words)
        body = "\n\n".join(filter(None, [sentence, dates, *footer])) + "\n"
    return Text(label, f"{label}: {words.subjects[form]}", body)


def _news(
    appointment: Appointment, form: str, series: Recurring | None, words: Words
) -> str:
    when = facts.when(appointment, words)
    if series is None:
        return words.news[form].format(when=when)
    often = words.often(series.every_weeks)
    return words.series_news[form].format(when=when, often=often)


def _dates(series: Recurring, words: Words) -> str:
    """All of them, since a series may have gaps; a text has no room for that."""
    return words.dates.format(days=", ".join(map(words.day, series.dates)))


def _footer(number: str, link: str, words: Words, *, is_answerable: bool) -> list[str]:
    """Nothing reads what is replied to an e-mail, so none asks for it."""
    answer = words.answer if is_answerable else words.call_back
    return [
        answer.format(link=link) if link else "",
        words.call.format(number=number) if number else "",
        words.stop_mail.format(number=number)
        if number
        else words.stop_mail_without_number,
    ]


def _tails(number: str, link: str, words: Words, *, is_answerable: bool) -> list[str]:
    """What can follow the facts in an SMS, from the fullest to the barest."""
    call = plain(words.call.format(number=number)) if number else ""
    confirm = words.confirm if is_answerable else ""
    extras = [[link, confirm], [confirm], []]
    return [
        "".join(f" {part}" for part in [call, *extra, words.stop] if part)
        for extra in extras
    ]


def _deadline(appointment: Appointment, words: Words) -> str:
    """Until when an offer can be answered."""
    until = appointment.hold_expires_at or appointment.starts_at
    return words.deadline(until.astimezone(ZoneInfo(appointment.timezone)))


def _take_by_phone(deadline: str, words: Words) -> str:
    return words.take_by_phone.format(until=deadline).removesuffix(".") + "."


def _taking_tails(
    head: str, number: str, link: str, deadline: str, words: Words
) -> list[str]:
    """Without the link an offer cannot be taken but by telephone, so it goes before the
    number, and before the place; the label and the time go before it."""
    call = plain(words.call.format(number=number)) if number else ""
    by_link = plain(words.take_short.format(until=deadline, link=link))
    barest = f" {by_link} {words.stop}"
    if link and fits(f"{head}.{barest}"):
        return [f" {by_link} {call} {words.stop}" if call else barest, barest]
    by_phone = plain(_take_by_phone(deadline, words))
    return ["".join(f" {part}" for part in [by_phone, call, words.stop] if part)]


def _text(label: str, news: str, where: str, tails: Sequence[str]) -> str:
    """The fullest that fits; if none does, without the end of the place, the place, and
    at last the end of the label."""
    for tail in tails:
        text = f"{label}: {news}, {where}.{tail}"
        if fits(text):
            return text
    tail = tails[-1]
    room = LONGEST_SMS - len(f"{label}: {news}, .{tail}")
    if room >= SHORTEST_PLACE:
        return f"{label}: {news}, {where[:room].rstrip()}.{tail}"
    room = LONGEST_SMS - len(f": {news}.{tail}")
    return f"{label[:room].rstrip()}: {news}.{tail}"
