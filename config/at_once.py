"""A migration's tables and triggers, made from one state of its models."""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


class AtOnce(Operation):
    """Many models, and then their triggers, with all models rendered a single time.

    Django renders anew, after each operation, whatever is related to the model it was
    about. Here nearly all models are related, by way of the history of each: hundreds
    of operations would render hundred models each. Tables come in any order, since
    PostgreSQL gets the foreign keys when the migration ends. Indexes and constraints
    stand in the options of their models, or they would be made twice.
    """

    category = OperationCategory.ADDITION
    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[CreateModel | AddTrigger]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Models that are rendered are rendered again after every change.
        vars(state).pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        # A trigger goes before its model, which only `from_state` knows.
        for operation in reversed(self.operations):
            operation.database_backwards(
                app_label, schema_editor, from_state, from_state
            )

    def describe(self) -> str:
        models = sum(isinstance(each, CreateModel) for each in self.operations)
        triggers = len(self.operations) - models
        return f"Create {models} models and {triggers} triggers at once"
