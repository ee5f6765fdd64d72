"""The states of a guarantee, who moves it from which to which, and for what reasons."""

from collections.abc import Mapping

from django.db import models


class GuaranteeState(models.TextChoices):
    INTAKE = "intake", "Registered"
    MATCHED = "matched", "Matched"
    TRIAL_BOOKED = "trial_booked", "First session booked"
    TRIAL_ATTENDED = "trial_attended", "First session attended"
    CONTINUES = "continues", "Continues"
    REMATCH_ASKED = "rematch_asked", "Wants another therapist"
    REFUND_ASKED = "refund_asked", "Wants the money back"
    REFUNDED = "refunded", "Refunded"
    DECLINED = "declined", "Refund declined"


class MovedBy(models.TextChoices):
    """Whose doing a step is. A decision of staff, or the manager's, is recorded with
    who took it; what becomes of a session is recorded there."""

    STAFF = "staff", "The front desk, or the therapist"
    MANAGER = "manager", "The manager"
    SESSION = "session", "What becomes of the session"


_S = GuaranteeState
# Where a guarantee may go from each state, and by whom. There is no other way.
GUARANTEE_TRANSITIONS: Mapping[str, Mapping[GuaranteeState, MovedBy]] = {
    _S.INTAKE: {_S.MATCHED: MovedBy.STAFF},
    _S.MATCHED: {
        _S.MATCHED: MovedBy.STAFF,  # with another therapist
        _S.TRIAL_BOOKED: MovedBy.SESSION,
        _S.TRIAL_ATTENDED: MovedBy.SESSION,
    },
    _S.TRIAL_BOOKED: {
        _S.MATCHED: MovedBy.SESSION,
        _S.TRIAL_ATTENDED: MovedBy.SESSION,
    },
    _S.TRIAL_ATTENDED: {
        _S.MATCHED: MovedBy.SESSION,
        _S.TRIAL_BOOKED: MovedBy.SESSION,
        _S.CONTINUES: MovedBy.STAFF,
        _S.REMATCH_ASKED: MovedBy.STAFF,
        _S.REFUND_ASKED: MovedBy.STAFF,
    },
    _S.REMATCH_ASKED: {_S.MATCHED: MovedBy.STAFF, _S.REFUND_ASKED: MovedBy.STAFF},
    _S.REFUND_ASKED: {_S.REFUNDED: MovedBy.MANAGER, _S.DECLINED: MovedBy.MANAGER},
    _S.CONTINUES: {},
    _S.REFUNDED: {},
    _S.DECLINED: {},
}
# Read off the session while the guarantee is matched; no row has them.
BY_SESSION = (_S.TRIAL_BOOKED, _S.TRIAL_ATTENDED)
STORED = tuple(state for state in _S if state not in BY_SESSION)
# What somebody may say after a first session.
OUTCOMES = (_S.CONTINUES, _S.REMATCH_ASKED, _S.REFUND_ASKED)
ASKED = (_S.REMATCH_ASKED, _S.REFUND_ASKED)
SETTLED = (_S.REFUNDED, _S.DECLINED)


def _stored(state: str) -> str:
    return _S.MATCHED.value if state in BY_SESSION else str(state)


# The same table for the rows.
STORED_TRANSITIONS = sorted(
    {
        (_stored(before), _stored(after))
        for before, followers in GUARANTEE_TRANSITIONS.items()
        for after in followers
    }
    - {(_S.MATCHED.value, _S.MATCHED.value)}
)


class NoFit(models.TextChoices):
    """Why a therapist did not fit."""

    RAPPORT = "rapport", "It did not feel right"
    APPROACH = "approach", "Another way of working is wanted"
    EXPERTISE = "expertise", "Somebody with other experience is needed"
    LEVEL_OF_CARE = "level_of_care", "More, or other, care is needed"
    HOURS = "hours", "The hours do not suit"
    PLACE = "place", "The place, or video, does not suit"
    LANGUAGE = "language", "The language does not suit"
    OTHER = "other", "Something else"


class Party(models.TextChoices):
    CLIENT = "client", "The client"
    THERAPIST = "therapist", "The therapist"
