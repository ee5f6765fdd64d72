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


def is_linked(row: models.Model) -> bool:
    """Whether a many-to-many relation leads to `row`; its links would silently go with
    it."""
    for relation in row._meta.related_objects:  # noqa: SLF001  public
        if isinstance(relation, models.ManyToManyRel) and relation.through is not None:
            links = relation.through._base_manager  # noqa: SLF001  public
            this_side = relation.field.m2m_reverse_field_name()
            if links.filter(**{this_side: row}).exists():
                return True
    return False
