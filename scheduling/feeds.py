"""Calendars as iCalendar (RFC 5545), for the apps that people carry about.

Whoever has a link's address reads it without signing in, so events tell when and where,
and no more of a client than the link says. Apps ask every quarter of an hour, mostly in
vain: what a feed is made of is read and compared first, and written out only if it has
changed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.apps import apps
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import extend_schema
from icalendar import Calendar, Event, vText
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from config.api.documents import DocumentView
from scheduling import calendar_links
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.wall_clock import as_datetime, day_of, instant
from scheduling.models import (
    CANCELLED,
    Appointment,
    AppointmentStatus,
    Attendance,
    CalendarLink,
    ClientLabel,
    Mode,
    TimeOff,
)

DAYS_BACK, DAYS_AHEAD = 60, 366
CANCELLED_DAYS = 30  # for which the app is told of a cancellation
FORM = 1  # to be raised when the same facts are written otherwise
NOT_SESSIONS = (AppointmentStatus.HELD, AppointmentStatus.RELEASED)

Names = Mapping[UUID, Sequence[str]]


class Session(NamedTuple):
    """An appointment, as far as a calendar tells of it."""

    id: UUID
    start: datetime
    end: datetime
    status: str
    mode: str
    facts_version: int
    changed_at: datetime
    therapist: str
    room: str | None
    office: str | None
    street: str | None
    city: str | None

    @property
    def is_cancelled(self) -> bool:
        return self.status in CANCELLED


class Absence(NamedTuple):
    """A therapist's time off."""

    id: UUID
    start: datetime
    end: datetime
    changed_at: datetime


class Feed(NamedTuple):
    """All that a calendar is made of. Equal feeds are written alike."""

    form: int
    name: str
    of_office: bool
    label: str
    sessions: Sequence[Session]
    clients: Names
    absences: Sequence[Absence]

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(repr(self).encode()).hexdigest()}"'


class CalendarFeedView(DocumentView):
    """A wrong secret, one that was revoked and one whose owner left are answered alike.

    `no-cache` lets an app keep what it has and ask whether it still holds, which
    `no-store` would forbid (decision 16).
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def known_parameters(self) -> set[str]:
        """Whatever there is: some apps add one to get past caches."""
        return set(self.request.query_params)

    @extend_schema(exclude=True)
    def get(self, request: Request, secret: str) -> HttpResponse:
        try:
            link = calendar_links.find(secret)
        except CalendarLink.DoesNotExist:
            raise Http404 from None
        feed = read(link, now=timezone.now())
        response = get_conditional_response(request, etag=feed.etag)
        if response is None:
            content = write(feed)
            response = HttpResponse(
                content, content_type="text/calendar; charset=utf-8"
            )
        response["ETag"] = feed.etag
        response["Cache-Control"] = "private, no-cache"
        return response


def read(link: CalendarLink, *, now: datetime) -> Feed:
    """What the calendar of `link` is made of: 60 days back, a year ahead.

    It changes with the rows, and at midnight, when the window moves. Two queries, and a
    third for a therapist.
    """
    today = day_of(int(now.timestamp()), PRACTICE_ZONE)
    since, until, cancelled_since = (
        as_datetime(instant(today + timedelta(days=days), 0, PRACTICE_ZONE))
        for days in (-DAYS_BACK, DAYS_AHEAD, -CANCELLED_DAYS)
    )
    rows = Appointment.objects.filter(starts_at__gte=since, starts_at__lt=until)
    theirs = Q(therapist=link.therapist) if link.therapist else Q(office=link.office)
    sessions = _sessions(rows.filter(theirs), cancelled_since)
    return Feed(
        form=FORM,
        name=_owner(link),
        of_office=link.therapist is None,
        label=link.label,
        sessions=sessions,
        clients=_clients(sessions, link.label),
        absences=_absences(link, since, until),
    )


def write(feed: Feed) -> bytes:
    """`feed` as iCalendar. Times are in UTC, which no change of a clock makes doubtful
    and every app shows in the zone it is in."""
    calendar = Calendar()
    calendar.add("prodid", "-//My LA Therapy//Calendar feed//EN")
    calendar.add("version", "2.0")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, vText(f"Sessions - {feed.name}"))
    often = {"VALUE": "DURATION"}
    calendar.add("refresh-interval", timedelta(minutes=15), parameters=often)
    calendar.add("x-published-ttl", "PT15M")
    for event in _events(feed):
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _owner(link: CalendarLink) -> str:
    if link.therapist is not None:
        return link.therapist.display_name
    return link.office.name if link.office else ""


def _sessions(
    rows: QuerySet[Appointment], cancelled_since: datetime
) -> Sequence[Session]:
    gone = Q(status__in=CANCELLED) & ~Q(cancelled_at__gte=cancelled_since)
    told = rows.exclude(gone).exclude(status__in=NOT_SESSIONS)
    changed = Coalesce(_changed_at(Appointment), "created_at")
    found = told.order_by("starts_at", "pk").values_list(
        "pk",
        "starts_at",
        "ends_at",
        "status",
        "mode",
        "facts_version",
        changed,
        "therapist__display_name",
        "room__name",
        "office__name",
        "office__street",
        "office__city",
    )
    return [Session(*row) for row in found]


def _absences(
    link: CalendarLink, since: datetime, until: datetime
) -> Sequence[Absence]:
    if link.therapist is None:
        return []
    rows = TimeOff.objects.filter(
        therapist=link.therapist, ends_at__gt=since, starts_at__lt=until
    )
    changed = Coalesce(_changed_at(TimeOff), "starts_at")
    found = rows.order_by("starts_at", "pk")
    return [
        Absence(*row)
        for row in found.values_list("pk", "starts_at", "ends_at", changed)
    ]


def _changed_at(model: type[Model]) -> Subquery:
    """When a row was last written, which only its history tells."""
    history = apps.get_model(model._meta.app_label, f"{model.__name__}Event")  # noqa: SLF001
    past: QuerySet[Model] = QuerySet(history)
    latest = past.filter(pgh_obj=OuterRef("pk")).order_by("-pgh_created_at", "-pgh_id")
    return Subquery(latest.values("pgh_created_at")[:1])


def _clients(sessions: Sequence[Session], label: str) -> Names:
    """Who comes to each session that takes place, as `label` wants them called."""
    taking_place = [session.id for session in sessions if not session.is_cancelled]
    rows = Attendance.objects.staying().filter(appointment__in=taking_place)
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for appointment, client, preferred, first, last in rows.order_by("pk").values_list(
        "appointment",
        "client",
        "client__preferred_name",
        "client__first_name",
        "client__last_name",
    ):
        called = preferred or first
        if label == ClientLabel.INITIALS:
            called = f"{called[:1]}.{last[:1]}."
        found[appointment].append(str(client) if label == ClientLabel.ID else called)
    return dict(found)


def _events(feed: Feed) -> Iterator[Event]:
    for session in feed.sessions:
        event = _event(session)
        clients = feed.clients.get(session.id, ())
        event.add("summary", _summary(session, clients, feed))
        event.add("sequence", session.facts_version)
        event.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
        event.add("transp", "TRANSPARENT" if session.is_cancelled else "OPAQUE")
        if place := [part for part in (session.room, session.street) if part]:
            event.add("location", ", ".join([*place, session.city or ""]))
        if clients and feed.label == ClientLabel.ID:
            names = "\n".join(f"Client {client}" for client in clients)
            event.add("description", names)
        yield event
    for absence in feed.absences:
        event = _event(absence)
        event.add("summary", "Time off")
        event.add("transp", "OPAQUE")
        yield event


def _event(row: Session | Absence) -> Event:
    event = Event()
    event.add("uid", str(row.id))
    event.add("dtstart", row.start)
    event.add("dtend", row.end)
    # Not the time of writing: the same facts are to be the same text.
    event.add("dtstamp", row.changed_at)
    event.add("last-modified", row.changed_at)
    return event


def _summary(session: Session, clients: Sequence[str], feed: Feed) -> str:
    """What it is and where, or, in an office's calendar, with whom."""
    kind = "Session by video" if session.mode == Mode.TELEHEALTH else "Session"
    about = [kind, session.therapist if feed.of_office else session.office]
    if feed.label != ClientLabel.ID:
        about.append(", ".join(clients))
    words = " - ".join(filter(None, about))
    return f"Cancelled: {words}" if session.is_cancelled else words
