"""The data of the benchmarks fits the tables as they are, and keeps every promise."""

import pytest
from django.db import connection

from benchmarks import practices
from benchmarks.practices import Practice
from locations.models import Room
from scheduling import reference
from scheduling.models import Appointment, Attendance, AvailabilityRule, Therapist
from tests.times import MONDAY


@pytest.mark.django_db
def test_a_practice_of_the_benchmarks_is_one_that_could_be():
    reference.load()
    practice = Practice("small", therapists=12, weeks_before=2, weeks_ahead=2)

    with connection.cursor() as cursor:
        for statement in practices.statements(practice, MONDAY):
            cursor.execute(statement)
    connection.check_constraints()

    counted = [Therapist, Room, AvailabilityRule, Appointment, Attendance]
    assert [model.objects.count() for model in counted] == [12, 15, 120, 987, 987]
