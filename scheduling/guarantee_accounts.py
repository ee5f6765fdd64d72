"""Guarantees as they are told: with rounds, first sessions, and what may be done next.

What somebody said of why it is no fit, in their own words, is told to the manager and
to therapists who treat the client; of everybody else's account it is no part.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.contrib.auth.models import User

from clients.models import Client
from config.roles import Role, has_role
from scheduling import guarantee_rows
from scheduling.models import (
    SETTLED,
    Appointment,
    Attendance,
    Fee,
    Guarantee,
    GuaranteeRound,
    GuaranteeState,
    GuaranteeWords,
    Therapist,
)


@dataclass(frozen=True)
class RoundAccount:
    row: GuaranteeRound
    part: Attendance | None  # in the first session
    words: str | None

    @property
    def session(self) -> Appointment | None:
        return self.part.appointment if self.part else None

    @property
    def is_free(self) -> bool:
        return self.part is not None and self.part.fee == Fee.FREE


@dataclass(frozen=True)
class Account:
    """One guarantee, to be told at `now`; `rounds` in order, the present one last."""

    row: Guarantee
    client: Client
    rounds: Sequence[RoundAccount]
    now: datetime

    @property
    def present(self) -> RoundAccount | None:
        return self.rounds[-1] if self.rounds else None

    @property
    def therapist(self) -> Therapist | None:
        return self.present.row.therapist if self.present else None

    @property
    def trial(self) -> Appointment | None:
        return self.present.session if self.present else None

    @property
    def settlement(self) -> Guarantee | None:
        return self.row if self.row.state in SETTLED else None

    @cached_property
    def ask_until(self) -> date | None:
        """The last day for asking, while something may still be asked for."""
        if self.trial is None or not self._is_attended:
            return None
        return guarantee_rows.may_be_asked_until(self.trial)

    @property
    def may(self) -> list[str]:
        """The steps that the state and the clock allow."""
        row = self.row
        steps = []
        if row.may_become(GuaranteeState.MATCHED) and not self.credit_lapsed:
            steps.append("choose")
        if row.state == GuaranteeState.MATCHED:
            steps.append("trial")
        if self._is_attended:
            steps.append("continue")
        if row.state == GuaranteeState.REMATCH_ASKED and not self.credit_lapsed:
            steps.append("ask-refund")
        if self._may_ask:
            steps += (
                ["ask-refund"]
                if len(self.rounds) > 1
                else ["ask-rematch", "ask-refund"]
            )
        if row.may_become(GuaranteeState.REFUNDED):
            steps += ["refund", "decline"]
        return steps

    @property
    def _is_attended(self) -> bool:
        return self.row.progress == GuaranteeState.TRIAL_ATTENDED

    @property
    def _may_ask(self) -> bool:
        trial = self.trial if self._is_attended else None
        return trial is not None and guarantee_rows.window_is_open(trial, self.now)

    @property
    def credit_lapsed(self) -> bool:
        """Whether another therapist was wanted, and nobody chosen in time."""
        asked = self.row.state == GuaranteeState.REMATCH_ASKED
        return asked and not guarantee_rows.credit_lives(self.row, self.now)


def accounts(
    rows: Sequence[Guarantee], *, viewer: User, now: datetime
) -> list[Account]:
    """What `viewer`, who may see them, is told of `rows`, which have their progress.

    The same few statements for any number of them.
    """
    clients = Client.objects.in_bulk([row.client_id for row in rows])
    rounds = _rounds(rows)
    sessions = {
        each.pk: row.session if each.pk == row.current_id else each.trial_id
        for row in rows
        for each in rounds[row.pk]
    }
    parts = _parts(clients, [key for key in sessions.values() if key])
    words = _words(rows, rounds, viewer)
    return [
        Account(
            row,
            clients[row.client_id],
            [
                RoundAccount(
                    each,
                    parts.get((row.client_id, sessions[each.pk])),
                    words.get(each.pk),
                )
                for each in rounds[row.pk]
            ],
            now,
        )
        for row in rows
    ]


def _rounds(rows: Sequence[Guarantee]) -> Mapping[UUID, list[GuaranteeRound]]:
    found = defaultdict(list)
    of_these = GuaranteeRound.objects.filter(guarantee__in=[row.pk for row in rows])
    for each in of_these.select_related("therapist", "told_to").order_by("number"):
        found[each.guarantee_id].append(each)
    return found


def _parts(
    clients: Collection[UUID], sessions: Collection[UUID]
) -> Mapping[tuple[UUID, UUID | None], Attendance]:
    """Each client's part in each session, with the session."""
    parts = Attendance.objects.filter(client__in=clients, appointment__in=sessions)
    return {
        (part.client_id, part.appointment_id): part
        for part in parts.select_related("appointment__office")
    }


def _words(
    rows: Sequence[Guarantee],
    rounds: Mapping[UUID, Sequence[GuaranteeRound]],
    viewer: User,
) -> Mapping[UUID, str]:
    """By round, what was said, as far as it is for `viewer`."""
    seen = {row.client_id for row in rows}
    if not has_role(viewer, Role.MANAGER):
        if not has_role(viewer, Role.THERAPIST):
            return {}
        treated = Attendance.objects.treating().filter(
            client__in=seen, appointment__therapist__user=viewer
        )
        seen = set(treated.values_list("client", flat=True))
    keys = [each.pk for row in rows if row.client_id in seen for each in rounds[row.pk]]
    said: dict[UUID, list[str]] = defaultdict(list)
    of_these = GuaranteeWords.objects.filter(round__in=keys)
    for key, text in of_these.order_by("created_at", "pk").values_list("round", "text"):
        said[key].append(text)
    return {key: "\n\n".join(texts) for key, texts in said.items()}
