"""One message, one send, whatever goes wrong. The provider is real, and may misbehave.

Times are relative to the database's clock, which no test can set.
"""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest
import time_machine
from django.db import connection, transaction
from icalendar import Calendar

from clients.models import (
    Channel,
    ConsentBasis,
    ConsentStatus,
    ContactConsent,
)
from config.clock import database_now
from locations.models import Office
from scheduling import booking, outbox, replanning, series_notices, snapshots
from scheduling.models import (
    AppointmentStatus,
    AttendanceStatus,
    Heartbeat,
    Message,
    MessageKind,
    MessageState,
    Mode,
)
from tests import provider
from tests.factories.clients import (
    ClientFactory,
    ContactConsentFactory,
    GuardianFactory,
)
from tests.factories.locations import RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AppointmentSeriesFactory,
    MessageFactory,
    PracticePolicyFactory,
    ReminderRuleFactory,
)
from tests.provider import Mood
from tests.threads import in_threads, wait_until_done_or_blocked

pytestmark = pytest.mark.django_db

SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
BUSY = Mood(429, takes=False)
REFUSES = Mood(400, takes=False, code=21211)
PATIENCE = 0.2  # seconds to wait for someone who may not come


@pytest.fixture(autouse=True)
def phones(settings):
    """The provider of text messages, to which a message sent twice is two messages."""
    settings.SMS_GATEWAY, settings.EMAIL_GATEWAY = "twilio", "email"
    settings.TWILIO_ACCOUNT_SID = settings.TWILIO_AUTH_TOKEN = "x"
    settings.TWILIO_FROM = "+13105550100"
    with provider.running() as running:
        settings.TWILIO_URL = running.url
        yield running


@pytest.fixture(autouse=True)
def policy(request):
    """No quiet hours: tests run at night, too."""
    transactional = request.node.get_closest_marker("django_db").kwargs
    request.getfixturevalue("transactional_db" if transactional else "db")
    return PracticePolicyFactory.create(quiet_from_minute=0, quiet_until_minute=0)


def message(**values):
    """A text about an appointment in two days, due a minute ago."""
    now = database_now()
    if "appointment" not in values:
        values["appointment"] = AppointmentFactory.create(starts_at=now + 2 * DAY)
    return MessageFactory.create(
        **{"due_at": now - MINUTE, "not_after": now + DAY} | values
    )


def under_way(*, lease_until, **values):
    """A message that a worker has claimed."""
    row = message(**{"attempts": 1} | values)
    Message.objects.filter(pk=row.pk).update(
        state=MessageState.SENDING, lease_token=row.pk, lease_until=lease_until
    )
    return row


def changed(row, *names):
    """The values of a row as they are now; without `names`, its state."""
    row.refresh_from_db()
    values = tuple(getattr(row, name) for name in names or ("state",))
    return values if names else values[0]


def wait_of(row):
    """How long until the next attempt, in whole seconds."""
    row.refresh_from_db()
    return round((row.next_attempt_at - database_now()).total_seconds())


def let_wait_pass(row):
    Message.objects.filter(pk=row.pk).update(next_attempt_at=database_now() - SECOND)


def work():
    """One sweep, and a worker that hears every ring."""
    for key in outbox.sweep():
        outbox.send(key)


def test_sweep_rings_for_what_is_due_in_order_and_says_that_it_ran():
    now = database_now()
    late, early = message(due_at=now - MINUTE), message(due_at=now - HOUR)
    message(due_at=now + HOUR)
    message(next_attempt_at=now + HOUR)
    message(state=MessageState.CANCELLED)

    due = outbox.sweep()

    assert due == [early.pk, late.pk]
    assert now <= Heartbeat.objects.get(name="sweep").at <= database_now()


def test_sweep_rings_again_after_a_minute():
    row = message()

    rings = [outbox.sweep(), outbox.sweep()]
    (until,) = changed(row, "dispatched_until")
    Message.objects.update(dispatched_until=database_now() - SECOND)
    rings.append(outbox.sweep())

    assert rings == [[row.pk], [], [row.pk]]
    assert timedelta(seconds=55) < until - database_now() <= timedelta(seconds=60)


def test_sweep_catches_up_however_late_it_comes():
    row = message(due_at=database_now() - 30 * DAY)

    assert outbox.sweep() == [row.pk]


def test_sweep_after_a_long_outage_sends_nothing_stale(phones):
    now = database_now()
    stale = [message(due_at=now - HOUR, not_after=now - MINUTE) for _ in range(3)]
    useful = message(due_at=now - HOUR)

    work()

    assert [changed(row) for row in [*stale, useful]] == [
        *[MessageState.EXPIRED] * 3,
        MessageState.SENT,
    ]
    assert len(phones.messages) == 1


def test_sweep_does_not_burst_on_one_telephone():
    appointment = AppointmentFactory.create(starts_at=database_now() + 2 * DAY)
    first, second, third = (
        message(
            appointment=appointment,
            before_start_minutes=60 * number,
            due_at=database_now() - HOUR + number * MINUTE,
        )
        for number in range(3)
    )
    mail = message(appointment=appointment, channel=Channel.EMAIL)
    other = message()

    rings = [set(outbox.sweep()) for _ in range(4)]

    assert rings == [{first.pk, mail.pk, other.pk}, {second.pk}, {third.pk}, set()]


def test_sweep_takes_no_more_than_its_share(monkeypatch):
    monkeypatch.setattr(outbox, "RUNG_FOR_AT_ONCE", 2)
    for _ in range(3):
        message()

    assert [len(outbox.sweep()) for _ in range(3)] == [2, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_ring_for_each_message_once():
    rows = [message() for _ in range(8)]

    rings = in_threads(*[outbox.sweep] * 4)

    assert sorted(key for keys in rings for key in keys) == sorted(
        row.pk for row in rows
    )


def test_send_says_what_the_appointment_is_now_and_writes_it_down(phones):
    row = message()
    before = database_now()

    work()

    (text,) = phones.messages
    assert changed(row, "state", "attempts", "lease_token", "last_error") == (
        MessageState.SENT,
        1,
        None,
        "",
    )
    assert before < row.sent_at < database_now()
    assert row.provider_message_id == text["sid"]
    assert text["to"] == str(row.client.phone)
    assert text["body"].startswith("Your appointment: reminder of ")


def test_send_goes_by_mail_if_that_is_the_channel(mailoutbox):
    row = message(channel=Channel.EMAIL)

    work()

    assert changed(row) == MessageState.SENT
    assert [mail.to for mail in mailoutbox] == [[row.client.email]]


def test_mail_is_in_the_clients_language_and_brings_a_calendar(mailoutbox):
    spanish = ClientFactory.create(language="es")
    guardian = GuardianFactory.create(
        client=ClientFactory.create(language="es", born_on=date(2018, 1, 1))
    )
    start = database_now() + 2 * DAY
    message(
        channel=Channel.EMAIL,
        appointment=AppointmentFactory.create(starts_at=start, clients=[spanish]),
    )
    message(
        channel=Channel.EMAIL,
        appointment=AppointmentFactory.create(
            starts_at=start, clients=[guardian.client]
        ),
        guardian=guardian,
        recipient=guardian.pk,
    )

    work()

    assert {mail.to[0]: mail.subject for mail in mailoutbox} == {
        spanish.email: "Aviso: recordatorio",
        guardian.email: "Aviso: recordatorio",
    }
    assert {mail.from_email.partition(" ")[0] for mail in mailoutbox} == {"Aviso"}
    for mail in mailoutbox:
        (part,) = mail.attachments
        (entry,) = Calendar.from_ical(part.get_payload(decode=True)).events
        assert part["Content-Type"] == "text/calendar; method=PUBLISH; charset=utf-8"
        assert entry.start == start.replace(microsecond=0)


def test_a_ring_that_comes_twice_sends_once(phones):
    row = message()

    outbox.send(row.pk)
    outbox.send(row.pk)

    assert len(phones.messages) == 1


def test_a_ring_does_not_hurry_what_is_to_wait(phones):
    early = message(due_at=database_now() + HOUR)
    again = message(next_attempt_at=database_now() + HOUR)

    outbox.send(early.pk)
    outbox.send(again.pk)

    assert phones.requests == []
    assert {changed(early), changed(again)} == {MessageState.PENDING}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_of_two_workers_one_sends(locked, phones, monkeypatch):
    """Without the locks both do: the control that shows that this can fail."""
    row = message()
    both_have_read, read = threading.Barrier(2), snapshots.read

    def read_together(statement, **values):
        if not locked:
            statement = re.sub(r"\nFOR .*", "", statement)
        rows = read(statement, **values)
        if "scheduling_reminderplan" in statement:  # after both messages
            with suppress(threading.BrokenBarrierError):
                both_have_read.wait(PATIENCE)
        return rows

    monkeypatch.setattr(snapshots, "read", read_together)

    in_threads(*[lambda: outbox.send(row.pk)] * 2)

    assert len(phones.messages) == (1 if locked else 2)


@pytest.mark.django_db(transaction=True)
def test_a_late_worker_cannot_overwrite_what_another_has_settled(phones):
    """Its lease runs out while it waits for the provider, which has taken the message.

    That the other one can claim it meanwhile shows that no transaction is open then.
    """
    row = message()

    def another_worker():
        Message.objects.update(lease_until=database_now() - SECOND)
        work()
        connection.close()

    phones.moods = [Mood(500, takes=True, meanwhile=another_worker)]

    outbox.send(row.pk)

    assert changed(row, "state", "attempts", "last_error") == (
        MessageState.SENT,
        2,
        "",
    )
    assert row.provider_message_id == phones.messages[0]["sid"]
    assert len(phones.messages) == 1


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, MessageState.PENDING),
        ({"attempts": 8}, MessageState.FAILED),
        ({"channel": Channel.EMAIL}, MessageState.UNKNOWN),
        ({"channel": Channel.EMAIL, "attempts": 8}, MessageState.UNKNOWN),
    ],
)
def test_a_lease_that_ran_out_is_taken_back(values, state, phones):
    """By mail it may have gone out, and nobody can tell."""
    row = under_way(lease_until=database_now() - SECOND, **values)

    outbox.sweep()

    assert changed(row, "state", "lease_token", "lease_until", "last_error") == (
        state,
        None,
        None,
        "lease_ran_out",
    )


def test_a_lease_that_runs_keeps_everybody_else_away(phones):
    row = under_way(lease_until=database_now() + MINUTE)

    work()
    outbox.send(row.pk)

    assert changed(row) == MessageState.SENDING
    assert phones.requests == []


@pytest.mark.parametrize("had_taken", [True, False])
def test_what_a_dead_worker_left_is_looked_up_before_it_is_sent(had_taken, phones):
    row = message()
    phones.moods = [Mood(hangs_up=True, takes=had_taken)]
    outbox.send(row.pk)
    Message.objects.update(
        state=MessageState.SENDING,
        lease_token=row.pk,
        lease_until=database_now() - SECOND,
        next_attempt_at=None,
    )

    work()

    assert changed(row, "state", "attempts") == (MessageState.SENT, 2)
    assert len(phones.messages) == 1
    assert [method for method, *_ in phones.requests] == (
        ["POST", "GET"] if had_taken else ["POST", "GET", "POST"]
    )


def test_what_cannot_be_looked_up_waits(phones, settings):
    row = message(attempts=1)
    settings.TWILIO_URL = "http://127.0.0.1:1"

    work()

    assert changed(row, "state", "last_error") == (MessageState.PENDING, "unreachable")


def test_send_drops_what_is_too_late(phones):
    row = message(not_after=database_now() - SECOND)

    outbox.send(row.pk)

    assert changed(row) == MessageState.EXPIRED
    assert phones.requests == []


@pytest.mark.parametrize(
    ("useful_for", "state"),
    [(2 * DAY, MessageState.PENDING), (MINUTE, MessageState.EXPIRED)],
)
def test_send_is_quiet_in_quiet_hours_of_the_office(useful_for, state, phones, policy):
    """They end in about half a day, in UTC, where this office is."""
    now = database_now()
    opens = (now.hour * 60 + now.minute + 12 * 60) % (24 * 60 - 1)
    policy.quiet_until_minute, policy.quiet_from_minute = opens, opens + 1
    policy.save()
    room = RoomFactory.create(office__timezone="UTC")
    appointment = AppointmentFactory.create(room=room, starts_at=now + 3 * DAY)
    row = message(appointment=appointment, not_after=now + useful_for)

    work()

    assert changed(row) == state
    assert phones.requests == []
    if state == MessageState.PENDING:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        today = midnight + opens * MINUTE
        assert row.next_attempt_at == (today if today > now else today + DAY)


def revoke(row):
    ContactConsentFactory.create(
        client=row.client, status=ConsentStatus.REVOKED, at=database_now()
    )


def change_facts(row):
    row.appointment.facts_version += 1
    row.appointment.save(update_fields=["facts_version"])


def check_in(row):
    row.appointment.status = AppointmentStatus.CHECKED_IN
    row.appointment.save(update_fields=["status"])


def leave(row):
    row.appointment.attendances.update(status=AttendanceStatus.CANCELLED)


def want_no_texts(row):
    row.client.wants_sms = False
    row.client.save(update_fields=["wants_sms"])


def lose_telephone(row):
    row.client.phone = ""
    row.client.save(update_fields=["phone"])


@pytest.mark.parametrize(
    "happens",
    [revoke, change_facts, check_in, leave, want_no_texts, lose_telephone],
)
def test_send_drops_what_is_not_called_for_any_more(happens, phones):
    row = message()
    (key,) = outbox.sweep()

    happens(row)
    outbox.send(key)

    assert changed(row, "state", "attempts") == (MessageState.CANCELLED, 0)
    assert phones.requests == []


def test_send_spares_a_guardian_once_the_minor_consents_alone(phones):
    guardian = GuardianFactory.create(client__born_on=date(2014, 1, 1))
    minor = guardian.client
    appointment = AppointmentFactory.create(
        starts_at=database_now() + 2 * DAY, clients=[minor]
    )
    told = message(
        appointment=appointment,
        guardian=guardian,
        recipient=guardian.pk,
        before_start_minutes=60,
    )
    outbox.send(told.pk)
    row = message(appointment=appointment, guardian=guardian, recipient=guardian.pk)

    minor.consent_basis = ConsentBasis.SELF_12_PLUS
    minor.save()
    outbox.send(row.pk)

    assert (changed(told), changed(row)) == (MessageState.SENT, MessageState.CANCELLED)
    assert [text["to"] for text in phones.messages] == [str(guardian.phone)]


def test_a_cancellation_is_told_of_a_cancelled_appointment(phones):
    appointment = AppointmentFactory.create(
        starts_at=database_now() + 2 * DAY, cancelled=True
    )
    appointment.attendances.update(status=AttendanceStatus.CANCELLED)
    row = message(
        appointment=appointment, kind=MessageKind.CANCELLED, before_start_minutes=0
    )
    reminder = message(appointment=appointment)

    outbox.send(row.pk)
    outbox.send(reminder.pk)

    assert (changed(row), changed(reminder)) == (
        MessageState.SENT,
        MessageState.CANCELLED,
    )
    (text,) = phones.messages
    assert text["body"].startswith("Your appointment: cancelled: ")


def test_who_left_a_session_is_told_so_and_nothing_else(phones):
    leaves, stays = ClientFactory.create_batch(2)
    appointment = AppointmentFactory.create(
        starts_at=database_now() + 2 * DAY, clients=[leaves, stays]
    )
    appointment.attendances.filter(client=leaves).update(
        status=AttendanceStatus.CANCELLED
    )
    notices = [
        message(
            appointment=appointment,
            client=client,
            kind=MessageKind.CANCELLED,
            before_start_minutes=0,
        )
        for client in (leaves, stays)
    ]
    reminders = [
        message(appointment=appointment, client=client) for client in (leaves, stays)
    ]

    for row in (*notices, *reminders):
        outbox.send(row.pk)

    cancelled, sent = MessageState.CANCELLED, MessageState.SENT
    assert [changed(row) for row in notices] == [sent, cancelled]
    assert [changed(row) for row in reminders] == [cancelled, sent]
    assert {text["to"]: "cancelled:" in text["body"] for text in phones.messages} == {
        str(leaves.phone): True,
        str(stays.phone): False,
    }


@pytest.mark.parametrize(
    ("attempt", "seconds"),
    [(1, 30), (2, 60), (3, 120), (4, 240), (5, 480), (6, 900), (7, 900)],
)
def test_each_wait_is_longer_than_the_last(attempt, seconds, phones):
    row = message(attempts=attempt - 1)
    phones.moods = [BUSY]

    work()

    assert changed(row, "state", "attempts", "last_error", "dispatched_until") == (
        MessageState.PENDING,
        attempt,
        "http_429",
        None,
    )
    assert seconds - 2 <= wait_of(row) <= seconds * 1.1


@pytest.mark.parametrize(("asked", "seconds"), [("600", 600), ("1", 30)])
def test_a_provider_may_ask_for_a_longer_wait(asked, seconds, phones):
    row = message()
    phones.moods = [Mood(429, takes=False, retry_after=asked)]

    work()

    assert seconds - 2 <= wait_of(row) <= seconds * 1.1


def test_what_cannot_be_made_ready_is_tried_eight_times_and_keeps_nobody_waiting(
    phones,
):
    row, other = message(), message()
    Office.objects.filter(pk=row.appointment.office_id).update(timezone="Mu/Atlantis")

    for _ in range(8):
        for key in outbox.sweep():
            with suppress(ZoneInfoNotFoundError):
                outbox.send(key)
        waited = wait_of(row)
        let_wait_pass(row)

    assert changed(row, "state", "attempts", "last_error") == (
        MessageState.FAILED,
        8,
        "not_made_ready",
    )
    assert waited >= 890
    assert changed(other) == MessageState.SENT
    assert len(phones.messages) == 1


def test_after_eight_attempts_a_person_decides(phones):
    row = message()
    phones.moods = [BUSY] * 9

    for _ in range(9):
        outbox.send(row.pk)
        let_wait_pass(row)

    assert changed(row, "state", "attempts", "last_error") == (
        MessageState.FAILED,
        8,
        "http_429",
    )
    assert len(phones.moods) == 1


def test_what_was_taken_without_an_answer_is_not_sent_again(phones):
    row = message()
    phones.moods = [Mood(hangs_up=True, takes=True)]

    outbox.send(row.pk)
    in_between = changed(row, "state", "last_error")
    let_wait_pass(row)
    outbox.send(row.pk)

    assert in_between == (MessageState.PENDING, "connection_lost")
    assert changed(row, "state", "last_error") == (MessageState.SENT, "")
    assert len(phones.messages) == 1


def test_a_refusal_is_final(phones):
    row = message()
    phones.moods = [REFUSES]

    work()

    assert changed(row, "state", "last_error") == (MessageState.FAILED, "twilio_21211")


def test_an_opt_out_that_only_the_provider_knew_is_written_down(phones):
    row = message()
    phones.moods = [Mood(400, takes=False, code=21610)]
    other = message(appointment=row.appointment, before_start_minutes=60)

    outbox.send(row.pk)
    outbox.send(other.pk)

    assert (changed(row), changed(other)) == (MessageState.CANCELLED,) * 2
    assert list(
        ContactConsent.objects.values_list("client", "channel", "status", "source")
    ) == [(row.client_id, Channel.SMS, ConsentStatus.REVOKED, "gateway")]
    assert phones.messages == []


def test_who_turns_out_to_have_opted_out_gets_the_e_mail_instead(phones, mailoutbox):
    ReminderRuleFactory.create()
    row = message(
        appointment=AppointmentFactory.create(starts_at=database_now() + 22 * HOUR)
    )
    phones.moods = [Mood(400, takes=False, code=21610)]

    work()
    replanning.work_off(now=database_now())
    work()
    work()

    assert list(
        row.appointment.messages.order_by("pk").values_list("channel", "state")
    ) == [(Channel.SMS, MessageState.CANCELLED), (Channel.EMAIL, MessageState.SENT)]
    assert (len(phones.messages), len(mailoutbox)) == (0, 1)


def test_one_broken_recipient_of_fifty_stops_no_other(phones):
    appointment = AppointmentFactory.create(
        starts_at=database_now() + 2 * DAY, clients=ClientFactory.create_batch(50)
    )
    for client in appointment.clients.all():
        message(appointment=appointment, client=client)
    phones.moods = [*[Mood()] * 24, REFUSES]

    work()

    states = appointment.messages.values_list("state", flat=True)
    assert sorted(states) == [MessageState.FAILED] + [MessageState.SENT] * 49
    assert len({text["to"] for text in phones.messages}) == 49


@pytest.mark.parametrize("hours", [-26, 26])
def test_the_clock_of_a_worker_does_not_matter(hours, phones):
    now = database_now()
    due, early = message(), message(due_at=now + HOUR)
    useless = message(due_at=now - HOUR, not_after=now - MINUTE)

    with time_machine.travel(now + hours * HOUR):
        work()

    assert [changed(row) for row in (due, early, useless)] == [
        MessageState.SENT,
        MessageState.PENDING,
        MessageState.EXPIRED,
    ]
    assert now < changed(due, "sent_at")[0] < now + HOUR


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.UNKNOWN])
def test_retry_sends_again_with_all_attempts_before_it(state, phones):
    row = message(state=state, attempts=8, last_error="http_500")
    key = row.provider_key

    outbox.retry(row)
    work()

    assert changed(row, "state", "attempts", "provider_key") == (
        MessageState.SENT,
        1,
        key,
    )
    assert [method for method, *_ in phones.requests] == ["GET", "POST"]


@pytest.mark.parametrize(
    "state", sorted(set(MessageState) - {MessageState.FAILED, MessageState.UNKNOWN})
)
def test_retry_refuses_what_has_not_failed(state):
    row = message()
    lease = {"lease_token": row.pk, "lease_until": database_now() + MINUTE}
    Message.objects.update(
        state=state,
        sent_at=database_now(),
        **lease if state == MessageState.SENDING else {},
    )

    with pytest.raises(outbox.InvalidTransition):
        outbox.retry(row)

    assert changed(row) == state


@pytest.mark.parametrize("channel", Channel)
def test_sweep_rings_once_for_an_address_that_several_share(channel):
    """Two children of one mother: what piled up does not burst on her phone."""
    for email in ("mother@example.org", "Mother@example.org"):
        guardian = GuardianFactory.create(phone="+13105559999", email=email)
        message(
            channel=channel,
            client=guardian.client,
            guardian=guardian,
            recipient=guardian.pk,
        )

    assert len(outbox.sweep()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_notice_that_is_handed_on_while_it_is_claimed_waits_with_the_next():
    """Whoever claims waits for the first occurrence, and then finds it cancelled."""
    PracticePolicyFactory.create(quiet_from_minute=0, quiet_until_minute=0)
    series, client = AppointmentSeriesFactory.create(), ClientFactory.create()
    now = database_now().replace(microsecond=0)
    first, second = (
        AppointmentFactory.create(
            series=series,
            therapist=series.therapist,
            mode=Mode.TELEHEALTH,
            room=None,
            office=series.office,
            occurs_on=(now + days).date(),
            starts_at=now + days,
            clients=[client],
        )
        for days in (7 * DAY, 14 * DAY)
    )
    series_notices.plan([first, second], [client], now=now)
    notice = Message.objects.get()
    Message.objects.update(due_at=now - MINUTE)

    with ThreadPoolExecutor(1) as worker:
        with transaction.atomic():
            booking.cancel(first, by="practice", version=first.version, now=now)
            claimed = worker.submit(_in_a_connection_of_its_own, notice.pk)
            wait_until_done_or_blocked(claimed)
        claimed.result()

    notice.refresh_from_db()
    assert (notice.appointment, notice.state) == (second, MessageState.PENDING)


def _in_a_connection_of_its_own(message_id):
    try:
        outbox.send(message_id)
    finally:
        connection.close()
