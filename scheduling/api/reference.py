"""What modalities and session types have in common as resources."""

from typing import TypeVar

from django.db import transaction

from config.api.permissions import IsManager, ReadOnly
from config.api.views import SLUG_PATTERN, ModelApiViewSet
from config.errors import Conflict
from config.records import is_linked
from scheduling.models import Modality, SessionType

R = TypeVar("R", Modality, SessionType)


class InUse(Conflict):
    """Therapists offer it, or somebody has asked for it."""

    code = "in_use"
    message = "Others refer to this. Make it inactive instead."


class ReferenceViewSet(ModelApiViewSet[R]):
    """Addressed by slug; anyone may look."""

    permission_classes = [IsManager | ReadOnly]
    lookup_field = "slug"
    lookup_value_regex = SLUG_PATTERN
    ordering = ("name", "pk")

    @transaction.atomic
    def perform_destroy(self, instance: R) -> None:
        # The lock keeps everyone from referring to it meanwhile.
        row = type(instance).objects.select_for_update().get(pk=instance.pk)
        if is_linked(row):
            raise InUse
        row.delete()
