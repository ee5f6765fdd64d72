"""What somebody said of why it is no fit stands in its table, and nowhere else."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from scheduling import settlements
from scheduling.models import GuaranteeWords, NoFit, Party
from tests.factories.guarantees import attended
from tests.times import MONDAY_10AM

pytestmark = pytest.mark.django_db

SAID = "a canary that sings of another failed statement"


def ask_refund(guarantee):
    settlements.ask_refund(
        guarantee,
        said_by=Party.CLIENT,
        reason=NoFit.RAPPORT,
        words=SAID,
        version=1,
        by=None,
        now=MONDAY_10AM,
    )


def test_it_is_kept_as_it_was_said():
    guarantee = attended()

    ask_refund(guarantee)

    words = GuaranteeWords.objects.get()
    assert (words.round, words.text, words.created_at) == (
        guarantee.current,
        SAID,
        MONDAY_10AM,
    )


@pytest.mark.skipif(
    not (Path(settings.STATE_DIR) / "postgres.log").exists(),
    reason="the log of PostgreSQL is elsewhere",
)
def test_a_statement_that_fails_leaves_no_words_in_the_log_of_the_database():
    log = Path(settings.STATE_DIR) / "postgres.log"
    guarantee = attended()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE scheduling_guaranteewords RENAME text TO said")
    before = log.stat().st_size

    with pytest.raises(DatabaseError), transaction.atomic():
        ask_refund(guarantee)

    tail = log.read_bytes()[before:]
    assert b"scheduling_guaranteewords" in tail
    assert SAID.encode() not in tail
