"""Names as they are searched for: without case, accents or marks between their parts.

The database folds what is stored and `words` what is typed, by the same rules. Indexes
are made over `Folded`: what it says is changed only along with them.
"""

import re
import unicodedata

from django.db.models import Func, Q, TextField

# Accents, once they stand apart from their letters; full stops and all apostrophes.
_DROPPED = r"[.\u0300-\u036f\u0027\u0060\u00b4\u02bc\u2018\u2019]"
# What no accent comes off, and what stands between two names.
_LETTERS = "ØøŁłĐđıÆæ,-\u2010\u2011\u2013"
_PLAIN = "oollddiaa     "


class Folded(Func):
    """All of its columns, folded, with a space between them."""

    template = (
        "lower(translate(regexp_replace(normalize(%(expressions)s, NFD), "
        f"'{_DROPPED}', '', 'g'), '{_LETTERS}', '{_PLAIN}'))"
    )
    arg_joiner = " || ' ' || "
    output_field = TextField()


def words(text: str) -> list[str]:
    """The words of `text`, folded; each is a piece of a folded name if it is one of
    the name itself."""
    apart = re.sub(_DROPPED, "", unicodedata.normalize("NFD", text))
    return apart.translate(str.maketrans(_LETTERS, _PLAIN)).lower().split()


def piecewise(text: str, folded_name: str) -> Q:
    """That each word of `text` is a piece of the column `folded_name`; nothing is, of a
    text that has none."""
    pieces = words(text)
    if not pieces:
        return Q(pk__in=[])
    return Q(*(Q((f"{folded_name}__contains", piece)) for piece in pieces))
