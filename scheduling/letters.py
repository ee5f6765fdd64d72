"""Letters: what a message says when it goes out, and what one would say.

The ledger never holds words. They are made when a message is sent, from the rows as
they are then, in the language of the client whom it is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from clients.models import Channel
from locations.models import Office
from scheduling import knowledge, links, policies, series_notices, texts
from scheduling.models import (
    CANCELLED,
    Appointment,
    AppointmentStatus,
    Message,
    MessageKind,
    Mode,
    PracticePolicy,
)
from scheduling.texts import CalendarFile, Recurring, Text

SAMPLE_DATES = 3  # that the notice of a sample series speaks of


@dataclass(frozen=True, slots=True)
class Letter:
    """The words, and the calendars that an e-mail brings along."""

    text: Text
    calendars: Sequence[CalendarFile] = ()


def write(
    message: Message,
    appointment: Appointment,
    *,
    language: str,
    policy: PracticePolicy,
    now: datetime,
    link: str = "",
) -> Letter:
    """What a message says of its `appointment` as it is now, with the `link` by which
    it can be answered. Who is told that it is called off hears of the time and the
    place that they were told of before."""
    series = series_notices.recurring(message, appointment)
    spoken_of = [appointment, *(series.occurrences if series else ())]
    if message.kind == MessageKind.CANCELLED or appointment.status in CANCELLED:
        spoken_of = knowledge.as_known(spoken_of, message)
    first, *rest = spoken_of
    return _letter(
        first,
        kind=message.kind,
        channel=message.channel,
        policy=policy,
        series=series and replace(series, occurrences=rest),
        language=language,
        now=now,
        link=link,
    )


def preview(
    appointment: Appointment | None,
    *,
    kind: str,
    channel: str,
    language: str,
    for_series: bool,
    now: datetime,
) -> Letter:
    """What a message would say of an `appointment` as it is now, or of a sample, which
    is nowhere kept; with `for_series`, of those that follow as well. Its link leads
    nowhere."""
    policy = policies.of_practice()
    series = None
    if appointment is None:
        samples = _samples(kind, now)
        appointment = samples[0]
        if for_series:
            series = Recurring(1, samples)
    elif for_series and appointment.series is not None:
        following = appointment.series.occurrences.select_related("office").filter(
            occurs_on__gte=appointment.occurs_on, status=appointment.status
        )
        series = Recurring(
            appointment.series.every_weeks, list(following.order_by("starts_at", "pk"))
        )
    return _letter(
        appointment,
        kind=kind,
        channel=channel,
        policy=policy,
        series=series,
        language=language,
        now=now,
        link=links.sample(),
    )


def _letter(
    appointment: Appointment,
    *,
    kind: str,
    channel: str,
    policy: PracticePolicy,
    series: Recurring | None,
    language: str,
    now: datetime,
    link: str = "",
) -> Letter:
    text = texts.compose(
        appointment,
        kind=kind,
        channel=channel,
        policy=policy,
        series=series,
        language=language,
        link=link,
    )
    if channel == Channel.SMS or kind == MessageKind.OFFER:
        return Letter(text)
    file = texts.calendar_file(
        series.occurrences if series else [appointment],
        kind=kind,
        policy=policy,
        language=language,
        now=now,
    )
    return Letter(text, [file])


def _samples(kind: str, now: datetime) -> list[Appointment]:
    """Fifty minutes at ten in a week, and in those that follow, at the first office."""
    office = Office.objects.filter(is_active=True).order_by("name", "pk").first()
    office = office or Office(name="Main", street="100 Main Street")
    is_cancelled = kind == MessageKind.CANCELLED
    status = (
        AppointmentStatus.CANCELLED if is_cancelled else AppointmentStatus.SCHEDULED
    )
    local = now.astimezone(office.zone)
    starts = [
        (local + timedelta(weeks=weeks)).replace(
            hour=10, minute=0, second=0, microsecond=0
        )
        for weeks in range(1, SAMPLE_DATES + 1)
    ]
    return [
        Appointment(
            office=office,
            mode=Mode.IN_PERSON,
            status=status,
            starts_at=start,
            ends_at=start + timedelta(minutes=50),
            hold_expires_at=now + timedelta(hours=2),  # of use to an offer alone
        )
        for start in starts
    ]
