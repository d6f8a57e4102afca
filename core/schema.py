"""Creating many tables in one step of a migration."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import CreateModel
from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Several `CreateModel`, for which the models are drawn once.

    Django draws a model's whole neighbourhood anew for each model it adds to drawn ones: 145 models were drawn 11,000
    times on each first start. Here all are added while nothing is drawn. PostgreSQL gets foreign keys at the end of
    the migration, so tables may name each other in any order.
    """

    atomic = True

    def __init__(self, operations: list[CreateModel]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # a cached property: drawn again when somebody asks
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def references_model(self, name: str, app_label: str) -> bool:
        return any(operation.references_model(name, app_label) for operation in self.operations)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)


def in_few_steps(operations: Iterable[Any]) -> list[Any]:
    """The operations of a generated migration, with models that are created one after the other in one step."""
    steps: list[Any] = []
    for kind, group in groupby(operations, type):
        found = list(group)
        steps += [CreateModels(found)] if kind is CreateModel else found
    return steps
