"""The page of a message's link: the session as it stands, and what can be said to it.

To look at it changes nothing, since programs follow links in messages as well. A form
carries a token of its own, for one answer to the facts that it showed.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from config import transactions
from scheduling import answers, links, offers, policies, texts
from scheduling.answers import FactsChanged, Over, TooLate, Unanswerable
from scheduling.links import Forged, Purpose
from scheduling.models import (
    AnswerVia,
    Appointment,
    Message,
    MessageKind,
    OfferState,
    WaitlistOffer,
)
from scheduling.pages import offering
from scheduling.pages.frame import SeeOther, discreet, missing, page
from scheduling.pages.words import Words, words_of
from scheduling.texts import facts

_VERSION = re.compile(r"[0-9]{1,9}", re.ASCII)


@discreet
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The page, and the address of its forms."""
    message = _message(token, Purpose.PAGE)
    if message is None:
        return missing()
    try:
        return _answered(request, message)
    except Forged:
        return missing()
    except Over:
        return _over(message)
    except Unanswerable as refusal:
        return _refused(token, refusal)


@discreet
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The session, for the client's own calendar."""
    message = _message(token, Purpose.CALENDAR)
    if message is None or request.method == "POST":
        return missing()
    now = timezone.now()
    try:
        standing = answers.standing(message, now=now)
    except Over:
        return _over(message)
    if standing.is_off:
        return missing()
    file = texts.calendar_file(
        [message.appointment],
        kind=MessageKind.BOOKED,
        policy=policies.of_practice(),
        language=message.client.language,
        now=now,
    )
    return HttpResponse(
        file.content,
        content_type=f"text/calendar; charset=utf-8; method={file.method}",
        headers={"Content-Disposition": 'attachment; filename="appointment.ics"'},
    )


def _answered(request: HttpRequest, message: Message) -> HttpResponse:
    offer = _open_offer(message)
    if offer is not None:
        return offering.answer(request, message, offer)
    if request.method != "POST":
        return _show(message)
    purpose, facts_version = _asked(request, message)
    act = _ACTS[purpose]
    transactions.retrying(lambda: act(message, facts_version))
    return SeeOther(request.path)


def _open_offer(message: Message) -> WaitlistOffer | None:
    """The offer that a message is about, until it has become an appointment."""
    if message.kind != MessageKind.OFFER:
        return None
    offer = offers.of_hold(message.appointment_id)
    is_booked = offer is None or offer.state == OfferState.ACCEPTED
    return None if is_booked else offer


def _message(token: str, purpose: Purpose) -> Message | None:
    try:
        return answers.find(links.read(token, purpose))
    except Forged:
        return None


def _asked(request: HttpRequest, message: Message) -> tuple[Purpose, int]:
    """What a form asks for, and of which version of the facts. Raises `Forged`."""
    try:
        purpose = Purpose(request.POST.get("answer", ""))
    except ValueError:
        raise Forged from None
    version = request.POST.get("facts", "")
    if purpose not in _ACTS or not _VERSION.fullmatch(version):
        raise Forged
    token = request.POST.get("token", "")
    if links.read(token, purpose, int(version)) != message.pk:
        raise Forged
    return purpose, int(version)


def _confirm(message: Message, facts_version: int) -> None:
    answers.confirm(
        message,
        facts_version=facts_version,
        via=AnswerVia.LINK,
        now=timezone.now(),
    )


def _call(message: Message, _facts_version: int) -> None:
    answers.ask_for_call(message, via=AnswerVia.LINK, now=timezone.now())


def _cancel(message: Message, facts_version: int) -> None:
    answers.cancel(
        message,
        facts_version=facts_version,
        via=AnswerVia.LINK,
        now=timezone.now(),
    )


_ACTS: Mapping[Purpose, Callable[[Message, int], None]] = {
    Purpose.CONFIRM: _confirm,
    Purpose.CALL: _call,
    Purpose.CANCEL: _cancel,
}


def _refused(token: str, refusal: Unanswerable) -> HttpResponse:
    """The page as it is now, which is not what was answered."""
    message = _message(token, Purpose.PAGE)
    if message is None:
        return missing()
    try:
        return _show(message, refusal)
    except Over:
        return _over(message)


def _show(message: Message, refusal: Unanswerable | None = None) -> HttpResponse:
    standing = answers.standing(message, now=timezone.now())
    appointment, policy = standing.appointment, policies.of_practice()
    words, is_theirs = _words(message), answers.is_theirs(message)
    tokens = {
        str(purpose): links.token(message.pk, purpose, appointment.facts_version)
        for purpose in _ACTS
    }
    return page(
        "answer",
        200 if refusal is None else 409,
        words=words,
        standing=standing,
        is_theirs=is_theirs,
        tokens=tokens,
        calendar=links.token(message.pk, Purpose.CALENDAR),
        note=_note(refusal, words),
        label=facts.label(policy, texts.words_of(words.language)),
        when=words.moment(_local(appointment.starts_at, appointment)),
        where=facts.where(appointment, texts.words_of(words.language)),
        until=words.cancel_until.format(
            deadline=words.moment(_local(appointment.late_cancel_at, appointment))
        ),
        questions=_questions(message, words, is_theirs=is_theirs),
    )


def _over(message: Message) -> HttpResponse:
    words, is_theirs = _words(message), answers.is_theirs(message)
    questions = _questions(message, words, is_theirs=is_theirs)
    return page("over", 410, words=words, questions=questions)


def _note(refusal: Unanswerable | None, words: Words) -> str:
    match refusal:
        case TooLate():
            return words.too_late
        case FactsChanged():
            return words.changed
    return ""


def _questions(message: Message, words: Words, *, is_theirs: bool) -> str:
    policy = policies.of_practice()
    # An office's own number would tell where the others meet.
    appointment = message.appointment if is_theirs else Appointment()
    number = facts.number(appointment, policy)
    return words.questions.format(number=number) if number else ""


def _local(moment: datetime, appointment: Appointment) -> datetime:
    return moment.astimezone(ZoneInfo(appointment.timezone))


def _words(message: Message) -> Words:
    return words_of(message.client.language)
