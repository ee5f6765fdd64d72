"""A worker that is killed while it offers an hour: none is lost, none kept for nobody.

The control lets the note of the hour go first, and shows that this would be noticed.
"""

import os
import subprocess
import sys
import time
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection

from scheduling.models import Appointment, Message, OfferState, Opening, WaitlistOffer
from tests.factories.scheduling import PracticePolicyFactory
from tests.scheduling.waiting import NOON, freed, hours, line, offered, sweep
from tests.times import NOW

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = """
import sys
from datetime import datetime
import django
django.setup()
from scheduling import offers, openings, orders
from scheduling.models import Opening
{change}
openings.work_off(now=datetime.fromisoformat(sys.argv[1]))
"""
NOTE_FIRST = """
take = openings._take_turns
def take_away(most):
    turns = take(most)
    Opening._base_manager.filter(pk__in=[each.pk for each in turns]).delete()
    return turns
openings._take_turns = take_away
class Gone:
    def delete(self):
        return 1, {}
Opening.objects.filter = lambda **named: Gone()
"""
PATIENCE = 60


def address():
    """Of the database of the test."""
    url = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    return urlunsplit(url._replace(path=f"/{name}"))


def kill_while_it_writes(table, change=""):
    """Let a worker begin, and kill it when it waits to write a row to `table`."""
    with psycopg.connect(address(), autocommit=False) as other:
        other.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER.format(change=change), NOW.isoformat()],
            env=os.environ | {"DATABASE_URL": address()},
        )
        try:
            _wait_until_somebody_waits(worker)
        finally:
            worker.kill()
            worker.wait()


def _wait_until_somebody_waits(worker):
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        assert worker.poll() is None, "the worker was not held up"
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() is not None:
                return
        time.sleep(0.05)
    raise AssertionError("the worker did not come that far")


@pytest.fixture
def noon():
    """Noon, which has become free, and two who wait for it."""
    PracticePolicyFactory.create()
    rule = hours()
    entries = line(2)
    freed(rule)
    return entries


def see_to_it_again():
    """As the next sweep does, once the dead worker's minute is over."""
    Opening.objects.update(not_before=NOW.replace(year=2026, month=1))
    sweep()


@pytest.mark.parametrize(
    "table",
    ["scheduling_appointment", "scheduling_waitlistoffer", "scheduling_message"],
)
def test_a_worker_that_dies_half_way_loses_no_hour_and_keeps_none(noon, table):
    kill_while_it_writes(table)

    assert not WaitlistOffer.objects.exists()
    assert not Appointment.objects.holds().exists()
    see_to_it_again()
    assert offered() == [(noon[0].pk, NOON)]
    assert WaitlistOffer.objects.get().state == OfferState.OFFERED
    assert Appointment.objects.occupying().count() == 1
    assert Message.objects.filter(kind="offer").count() == 1
    assert not Opening.objects.exists()


def test_if_the_note_went_first_the_hour_would_be_lost(noon):
    kill_while_it_writes("scheduling_waitlistoffer", NOTE_FIRST)

    see_to_it_again()
    assert offered() == []
