"""`/metrics`: how messages fare, in Prometheus' text format. Counts, and nobody's name.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils import timezone
from django.views.decorators.http import require_safe

from clients.models import Channel
from scheduling import outbox, vitals
from scheduling.models import STUCK, Message, MessageState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LOOPBACK = ("127.0.0.1", "::1")

Labels = Mapping[str, str]
NO_LABELS: Labels = {}


@dataclass(frozen=True, slots=True)
class Gauge:
    """One thing that is measured: its value for each set of labels."""

    name: str
    help: str
    samples: Iterable[tuple[Labels, float]]


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For who has `METRICS_TOKEN`; without one, for this machine itself."""
    refusal = _refusal(request)
    if refusal is not None:
        return refusal
    try:
        text = exposition([*_alive(is_up=True), *_of_messages()])
    except DatabaseError:
        return HttpResponse(exposition(_alive(is_up=False)), CONTENT_TYPE, 503)
    return HttpResponse(text, CONTENT_TYPE)


def exposition(gauges: Iterable[Gauge]) -> str:
    lines: list[str] = []
    for gauge in gauges:
        lines += [
            f"# HELP {gauge.name} {_escaped(gauge.help)}",
            f"# TYPE {gauge.name} gauge",
            *(
                f"{gauge.name}{_told(labels)} {value:.15g}"
                for labels, value in gauge.samples
            ),
        ]
    return "".join(f"{line}\n" for line in lines)


def _told(labels: Labels) -> str:
    if not labels:
        return ""
    pairs = [f'{name}="{_quoted(value)}"' for name, value in labels.items()]
    return f"{{{','.join(pairs)}}}"


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', r"\"")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def _refusal(request: HttpRequest) -> HttpResponse | None:
    token = settings.METRICS_TOKEN
    if not token:
        # What a proxy hands on comes from this machine, too, but says so.
        handed_on = any(
            name.startswith(("X-Forwarded", "Forwarded", "Via", "X-Real-Ip"))
            for name in request.headers
        )
        is_near = request.META.get("REMOTE_ADDR") in LOOPBACK and not handed_on
        return None if is_near else HttpResponseNotFound()
    given = request.headers.get("Authorization", "").encode()
    if secrets.compare_digest(given, f"Bearer {token}".encode()):
        return None
    headers = {"WWW-Authenticate": "Bearer"}
    return HttpResponse(status=401, headers=headers)


def _alive(*, is_up: bool) -> Iterator[Gauge]:
    yield Gauge("practice_up", "Whether the database answers.", [(NO_LABELS, is_up)])


def _of_messages() -> Iterator[Gauge]:
    """Each is a range of an index, also where the ledger has a million rows."""
    yield from _ages()
    yield from _waiting()
    yield _sent()
    yield from _stuck()
    yield _of_last_day()


def _ages() -> Iterator[Gauge]:
    found = vitals.read()
    for name, age, text in (
        ("sweep_age", found.sweep_age, "Since the last sweep."),
        ("send_age", found.send_age, "Since a worker took up a message."),
        ("oldest_due", found.oldest_due_age, "How long the oldest due one waits."),
        (
            "oldest_change",
            found.oldest_change_age,
            "How long the oldest change waits for messages to follow it.",
        ),
    ):
        seconds = [] if age is None else [round(age.total_seconds(), 1)]
        samples = [(NO_LABELS, each) for each in seconds]
        yield Gauge(f"practice_messages_{name}_seconds", text, samples)
    yield Gauge(
        "practice_worker_silence_seconds",
        "How long a worker has not answered the sweep, 0 if it has.",
        [
            ({"worker": name}, round(call.age.total_seconds(), 1) if call else 0)
            for name, call in found.workers.items()
        ],
    )


def _waiting() -> Iterator[Gauge]:
    for name, rows, text in (
        ("due", Message.objects.due(), "Due, and not sent yet."),
        ("late", vitals.late(), "Could have been sent for over five minutes."),
        ("abandoned", outbox.abandoned(), "Taken by a worker that let its time pass."),
    ):
        yield Gauge(f"practice_messages_{name}", text, [(NO_LABELS, rows.count())])


def _sent() -> Gauge:
    sent = Message.objects.filter(sent_at__gt=Now() - HOUR)
    by_channel = _counted(sent, "channel")
    return Gauge(
        "practice_messages_sent_last_hour",
        "Sent within the last hour.",
        [({"channel": name}, by_channel.get((name,), 0)) for name in Channel.values],
    )


def _stuck() -> Iterator[Gauge]:
    stuck = _counted(Message.objects.stuck(timezone.now()), "state", "channel")
    for state in STUCK:
        yield Gauge(
            f"practice_messages_{state}",
            f"{state.label}, still of use, and nobody has decided about them.",
            [
                ({"channel": name}, stuck.get((state.value, name), 0))
                for name in Channel.values
            ],
        )


def _of_last_day() -> Gauge:
    recent = Message.objects.filter(due_at__gt=Now() - DAY, due_at__lte=Now())
    by_state = _counted(recent, "channel", "state")
    return Gauge(
        "practice_messages_last_day",
        "Due within the last day, by what became of them.",
        [
            (
                {"channel": channel, "state": state},
                by_state.get((channel, state), 0),
            )
            for channel in Channel.values
            for state in MessageState.values
        ],
    )


def _counted(rows: QuerySet[Message], *names: str) -> dict[tuple[str, ...], int]:
    counted = rows.order_by().values_list(*names).annotate(number=Count("pk"))
    return {tuple(values): number for *values, number in counted}
