import pgtrigger
import pytest
from django.db import connection
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState
from django.db.models import CASCADE, AutoField, ForeignKey, UniqueConstraint
from pgtrigger.migrations import AddTrigger

from config.at_once import AtOnce

TABLES = {"school_pupil", "school_teacher"}

pytestmark = pytest.mark.django_db


def to(model):
    return ForeignKey(f"school.{model}", on_delete=CASCADE, null=True)


@pytest.fixture
def operation():
    """Two tables that refer to each other, and a trigger of the first."""
    return AtOnce(
        [
            CreateModel(
                "Pupil",
                [("id", AutoField(primary_key=True)), ("mentor", to("teacher"))],
                options={
                    "constraints": [
                        UniqueConstraint(fields=["mentor"], name="pupil_alone")
                    ]
                },
            ),
            CreateModel(
                "Teacher",
                [("id", AutoField(primary_key=True)), ("prefect", to("pupil"))],
            ),
            AddTrigger(
                "pupil", pgtrigger.Protect(name="stays", operation=pgtrigger.Delete)
            ),
        ]
    )


@pytest.fixture
def after(operation):
    state = ProjectState()
    operation.state_forwards("school", state)
    return state


def tables():
    return TABLES & set(connection.introspection.table_names())


def relations():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text"
            " FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text"
            " LIKE 'school%' ORDER BY 1"
        )
        return cursor.fetchall()


def triggers():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
            " AND tgrelid::regclass::text LIKE 'school%'"
        )
        return cursor.fetchall()


def test_at_once_makes_tables_that_refer_to_each_other(operation, after):
    with connection.schema_editor() as editor:
        operation.database_forwards("school", editor, ProjectState(), after)

    assert tables() == TABLES
    assert relations() == [
        ("school_pupil", "school_teacher"),
        ("school_teacher", "school_pupil"),
    ]
    assert triggers() == [("school_pupil",)]


def test_at_once_is_undone(operation, after):
    with connection.schema_editor() as editor:
        operation.database_forwards("school", editor, ProjectState(), after)
    with connection.schema_editor() as editor:
        operation.database_backwards("school", editor, after, ProjectState())

    assert tables() == set()
    assert triggers() == []


def test_at_once_leaves_rendering_to_whoever_asks_for_the_models(operation):
    state = ProjectState()
    before = state.apps
    operation.state_forwards("school", state)

    assert "apps" not in vars(state)
    assert before.all_models["school"] == {}
    assert set(state.apps.all_models["school"]) == {"pupil", "teacher"}
