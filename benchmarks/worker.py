"""The product's Celery app with a task that does nothing, to compare with."""

from typing import Any, TypeAlias

from config.celery import app

__all__ = ["Task", "app", "nothing"]

Task: TypeAlias = Any  # Any: Celery ships no types


@app.task  # type: ignore[untyped-decorator]  # Celery ships no types
def nothing(*_keys: str) -> None:
    """Do nothing."""
