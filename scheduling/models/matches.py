"""Matches: what was answered to somebody who looks for a therapist, and by what."""

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from config.records import Record
from scheduling.models.intakes import Intake


class MatchWeights(Record):
    """What each criterion is worth at most, in points, as one version of a table.

    The newest version counts. None is ever changed, so that an earlier match can be
    told by what it was ranked. `leading` are the slugs of modalities that weigh for
    their own concerns; another one that speaks to a concern is worth `supporting`
    percent of the points.
    """

    version = models.PositiveIntegerField(unique=True)
    points = models.JSONField()
    leading = ArrayField(models.SlugField(max_length=60), default=list, blank=True)
    supporting = models.PositiveSmallIntegerField(default=60)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name_plural = "match weights"
        constraints = [
            models.CheckConstraint(
                condition=Q(version__gte=1), name="match_weights_version"
            ),
            models.CheckConstraint(
                condition=Q(supporting__lte=100), name="match_weights_supporting"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


@pghistory.track()
class Match(Record):
    """One answer to who suits somebody best, as it was given.

    `facts` are what was asked, by slugs and keys; `ranked` the therapists in order,
    each with score, parts and first slots; `excluded` everyone else with every reason.
    Neither holds a name of a client, nor their words.
    """

    intake = models.ForeignKey(
        Intake,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="matches",
    )
    weights = models.ForeignKey(
        MatchWeights, on_delete=models.PROTECT, related_name="matches"
    )
    facts = models.JSONField()
    ranked = models.JSONField()
    excluded = models.JSONField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name_plural = "matches"
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="match_newest"),
        ]
