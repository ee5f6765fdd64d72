"""Which scripts a page needs, so that the browser asks for all of them at once."""

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
IMPORT = re.compile(r'^(?:import|export)\b[^"]*? from "(\.{1,2}/[^"]+)";', re.MULTILINE)


@cache
def needed_by(entry: str) -> list[str]:
    """`entry` and whatever it imports, by their names as static files."""
    found: set[Path] = set()
    waiting = [(STATIC / entry).resolve()]
    while waiting:
        script = waiting.pop()
        if script in found:
            continue
        found.add(script)
        imports = IMPORT.findall(script.read_text())
        waiting += [(script.parent / name).resolve() for name in imports]
    return sorted(script.relative_to(STATIC.resolve()).as_posix() for script in found)
