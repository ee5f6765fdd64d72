"""Inbound: what somebody writes back to a text.

Only a single word is understood. STOP and its kin opt the number out and change no
session; C confirms the session that the last text spoke of, if it still stands so;
whatever else comes waits for the front desk.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from scheduling import answers, opt_outs, receipts
from scheduling.answers import Unanswerable
from scheduling.models import AnswerKind, AnswerVia, ProviderEvent

KEEP_EVENTS = timedelta(days=90)
LONGEST_SENDER = 20  # some senders have no number but a short code, or a name
SOURCE = "sms_reply"


class Meaning(StrEnum):
    """What a text says."""

    STOP = "stop"
    START = "start"
    CONFIRM = "confirm"
    CALL = "call"
    WORDS = "words"


# Opting out and in: the words of the carriers and of the FCC's rule on revocation (47
# CFR 64.1200(a)(10)), and what somebody may write who was asked in Spanish.
_WORDS = {
    **dict.fromkeys(
        ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"], Meaning.STOP
    ),
    **dict.fromkeys(["REVOKE", "OPTOUT", "OPT OUT"], Meaning.STOP),
    **dict.fromkeys(["SALIR", "BAJA", "ALTO", "NO MAS", "NO MÁS"], Meaning.STOP),
    **dict.fromkeys(["START", "YES", "UNSTOP"], Meaning.START),
    **dict.fromkeys(["C", "CONFIRM"], Meaning.CONFIRM),
    "R": Meaning.CALL,
}
_MARKS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Text:
    """A text that came in; `opt_out` is what its provider made of it, if anything."""

    provider: str
    event_id: str
    phone: str
    words: str
    opt_out: str = ""


def meaning(words: str, opt_out: str = "") -> Meaning:
    """What a text says, by our words or by those that its provider was set up with."""
    if opt_out.upper() in {"STOP", "START"}:
        return Meaning(opt_out.lower())
    # Composed, since an accent may come as a mark of its own.
    text = unicodedata.normalize("NFC", words)
    return _WORDS.get(_MARKS.sub(" ", text).strip().upper(), Meaning.WORDS)


def hear(text: Text, *, now: datetime) -> None:
    """Do what a text asks for; the second time nothing."""
    event = ProviderEvent(provider=text.provider, event_id=text.event_id)
    words, sender = (each.replace("\0", "") for each in (text.words, text.phone))
    words = words.strip()
    phone = sender if _NUMBER.fullmatch(sender) else ""
    with transaction.atomic():
        if not receipts.first_time(event):
            return
        said = meaning(words, text.opt_out)
        if not _done(said, phone, words, now):
            is_call = said == Meaning.CALL
            kind = AnswerKind.CALL if is_call else AnswerKind.WORDS
            kept_as = phone or sender[-LONGEST_SENDER:]
            answers.note(kind, kept_as, words=words, now=now)


def prune(*, now: datetime) -> int:
    """Forget calls of providers that will not be made again; how many that were."""
    old = ProviderEvent.objects.filter(at__lt=now - KEEP_EVENTS)
    count, _ = old.delete()
    return count


def _done(said: Meaning, phone: str, words: str, now: datetime) -> bool:
    """Do what needs nobody at the front desk; whether that is all."""
    match said:
        case Meaning.STOP if phone:
            opt_outs.opt_out(phone, source=SOURCE)
            return True
        case Meaning.START if phone:
            # Who has not opted out may say "yes" to something else.
            return opt_outs.opt_in(phone, source=SOURCE) or "YES" not in words.upper()
        case Meaning.CONFIRM:
            return _confirmed(phone, now)
    return False


def _confirmed(phone: str, now: datetime) -> bool:
    message = answers.last_ahead(phone, now=now)
    if message is None:
        return False
    try:
        answers.confirm(
            message, facts_version=message.facts_version, via=AnswerVia.SMS, now=now
        )
    except Unanswerable:
        return False
    return True
