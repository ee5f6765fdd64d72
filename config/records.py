"""The base of every table of ours."""

from django.db import models

from config.ids import uuid7


class Record(models.Model):
    """A row with a UUIDv7 key, whose name in logs tells nothing about anyone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"
