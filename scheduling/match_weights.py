"""What each criterion is worth when therapists are ranked: a table in versions."""

from collections.abc import Mapping, Sequence

from django.contrib.auth.models import User
from django.db import transaction

from config.constraints import violations_as
from config.errors import Conflict
from scheduling.models import MatchWeights


class NoWeights(Conflict):
    code = "no_weights"
    message = "The practice has no weights yet. Load its reference data."


class WeightsUnchanged(Conflict):
    code = "weights_unchanged"
    message = "That is what the newest version says already."


class WeightsChanged(Conflict):
    code = "weights_changed"
    message = "Somebody else has just made a new version. Read it first."


def newest() -> MatchWeights:
    """The version that counts. Raises `NoWeights`."""
    found = MatchWeights.objects.order_by("-version").first()
    if found is None:
        raise NoWeights
    return found


def add(
    points: Mapping[str, int],
    *,
    leading: Sequence[str],
    supporting: int,
    note: str,
    by: User,
) -> MatchWeights:
    """Make the next version.

    Of two at once the second is refused, since it was made without knowing the first.
    Raises `WeightsUnchanged` or `WeightsChanged`.
    """
    last = MatchWeights.objects.order_by("-version").first()
    made = MatchWeights(
        version=1 if last is None else last.version + 1,
        points=dict(points),
        leading=sorted(leading),
        supporting=supporting,
        note=note,
        created_by=by,
    )
    if last is not None and _table(made) == _table(last):
        raise WeightsUnchanged
    with (
        violations_as({"scheduling_matchweights_version_key": WeightsChanged()}),
        transaction.atomic(),
    ):
        made.save()
    return made


def _table(weights: MatchWeights) -> tuple[dict[str, int], list[str], int]:
    return weights.points, sorted(weights.leading), weights.supporting
