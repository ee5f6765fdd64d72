"""Triggers that note a change for later, in the transaction that makes it.

Whoever makes the change, by the API, the admin or by SQL, cannot forget to.
"""

from collections.abc import Sequence

import pgtrigger

EVER = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete


def noting(
    note: str,
    *,
    of: Sequence[str] = (),
    columns: Sequence[str],
    on: pgtrigger.Operation = EVER,
) -> pgtrigger.Trigger:
    """Run `note`, SQL about the row `{row}`, when a row comes, goes, or changes in one
    of `columns`; if it changes in one of `of`, then about what it was before as well.
    """
    is_same, names_other = _differ(columns, "NOT "), _differ(of, "")
    return pgtrigger.Trigger(
        name="noting_change",
        when=pgtrigger.After,
        operation=on,
        func=f"""
            IF TG_OP = 'UPDATE' AND {is_same} THEN RETURN NULL; END IF;
            IF TG_OP <> 'DELETE' THEN {note.format(row="NEW")} END IF;
            IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND {names_other}) THEN
              {note.format(row="OLD")}
            END IF;
            RETURN NULL;
        """,
    )


def _differ(columns: Sequence[str], negation: str) -> str:
    old, new = (
        ", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW")
    )
    if not columns:
        return "false"
    return f"ROW({old}) IS {negation}DISTINCT FROM ROW({new})"


def noting_opening(
    note: str, *, on: pgtrigger.Operation, when: str = ""
) -> pgtrigger.Trigger:
    """Run `note`, SQL about the rows `OLD` and `NEW`, where `when` holds of them."""
    return pgtrigger.Trigger(
        name="noting_opening",
        when=pgtrigger.After,
        operation=on,
        condition=pgtrigger.Condition(f"({when})") if when else None,
        func=f"{note} RETURN NULL;",
    )
