"""Words that tell a stranger what the practice does, or with whom."""

import re
import unicodedata
from collections.abc import Iterable

# In English and Spanish, as Python and as PostgreSQL read it: parts of words that tell
# wherever they stand, and letters that tell as a word of their own.
TELLING = (
    "therap|terap|psych|psic|psiqu|sic[oó]log|sicoter|counsel|consejer|clinic|cl[ií]nic"
    "|patient|pacient|session|sesi[oó]n|diagn[oó]s|depress|depresi|anxi|ansied|trauma"
    "|suicid|addict|adicci"
    "|(^|[^a-z])(mental|rehab|grief|duelo|ph[.]?d|psy[.]?d|lmft|mft|lcsw|csw|lpcc|amft"
    "|asw|apcc|emdr|cbt|dbt|ipt|eft)([^a-z]|$)"
)
_TELLING = re.compile(TELLING, re.IGNORECASE)
_LEFT = {"Mn", "Cf"}  # marks on letters, and format characters


def telling(text: str, names: Iterable[str] = ()) -> list[str]:
    """What in `text` should not be in a message: telling words, and any of `names`, as
    words of their own and whichever way they are accented."""
    letters = _letters(text)
    found = [match.group().strip() for match in _TELLING.finditer(letters)]
    said = f" {_bare(letters)} "
    return found + [
        name
        for name in names
        if (bare := _bare(_letters(name))) and f" {bare} " in said
    ]


def _letters(text: str) -> str:
    """Without case, accents, and what cannot be seen."""
    spelled = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in spelled if unicodedata.category(char) not in _LEFT)


def _bare(letters: str) -> str:
    return " ".join(re.sub(r"\W", " ", letters).split())
