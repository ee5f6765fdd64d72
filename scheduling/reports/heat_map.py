"""Utilisation as a picture: a band for each office, a row for each weekday, a cell for
each hour. Hand-written SVG, which a browser shows and prints without any script.

What a cell means is a number in it and a sentence in its title: the color only helps.
"""

from calendar import day_abbr, day_name
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import NamedTuple

from scheduling.reports.utilisation import Usage

CELL_WIDTH, CELL_HEIGHT = 34, 20
LEFT, TOP, BAND_HEAD, BAND_GAP = 56, 44, 40, 14
DAYS = 7
ELSEWHERE = "By video, from elsewhere"
# From pale to dark: the color of a cell up to this share, and that of its number, which
# contrasts with it at 4.5 to 1 or more.
_SHADES = (
    (0.0, "#f3f4f1", "#222222"),
    (0.2, "#d8ebe6", "#222222"),
    (0.4, "#a9d5ca", "#222222"),
    (0.6, "#6fb9a9", "#222222"),
    (0.8, "#2c7a6c", "#ffffff"),
    (1.0, "#12504a", "#ffffff"),
)
_OVER = ("#7a1f3d", "#ffffff")  # booked where there are no hours, or fewer


class Band(NamedTuple):
    """An office, and its usage by weekday and hour."""

    name: str
    cells: Mapping[tuple[int, int], Usage]


def draw(usage: Sequence[Usage], *, title: str) -> str:
    """SVG of usage by office, weekday and hour, which is in order of office."""
    bands = [
        Band(name or ELSEWHERE, {_place(row): row for row in rows})
        for (_, name), rows in groupby(usage, lambda row: (row.office, row.office_name))
    ]
    hours = _hours(usage)
    width = max(LEFT + len(hours) * CELL_WIDTH + 12, 480)
    band_height = BAND_HEAD + DAYS * CELL_HEIGHT + BAND_GAP
    height = TOP + max(len(bands), 1) * band_height + 8
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
        'aria-labelledby="title description" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="11">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(_description(bands))}</desc>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="24" font-size="15" fill="#222222">{escape(title)}</text>',
    ]
    if not bands:
        lines.append(f'<text x="12" y="{TOP + 20}" fill="#222222">No hours.</text>')
    for number, band in enumerate(bands):
        lines += _draw_band(band, hours, TOP + number * band_height)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _draw_band(band: Band, hours: range, top: int) -> Iterator[str]:
    yield f'<text x="12" y="{top + 14}" font-weight="bold" fill="#222222">'
    yield f"{escape(band.name)}</text>"
    for column, hour in enumerate(hours):
        x = LEFT + column * CELL_WIDTH
        yield f'<text x="{x}" y="{top + 32}" fill="#444444">{hour:02}</text>'
    for weekday in range(DAYS):
        y = top + BAND_HEAD + weekday * CELL_HEIGHT
        yield f'<text x="12" y="{y + 14}" fill="#444444">{day_abbr[weekday]}</text>'
        for column, hour in enumerate(hours):
            if row := band.cells.get((weekday, hour)):
                yield from _draw_cell(band.name, row, LEFT + column * CELL_WIDTH, y)


def _draw_cell(office: str, row: Usage, x: int, y: int) -> Iterator[str]:
    fill, ink = _shade(row)
    share = "!" if row.utilisation is None else f"{row.utilisation:.0%}"[:-1]
    yield f"<g><title>{escape(_sentence(office, row))}</title>"
    yield f'<rect x="{x}" y="{y}" width="{CELL_WIDTH - 2}" '
    yield f'height="{CELL_HEIGHT - 2}" rx="2" fill="{fill}" stroke="#8a8f88" '
    yield 'stroke-width="0.5"/>'
    yield f'<text x="{x + CELL_WIDTH // 2 - 1}" y="{y + 13}" text-anchor="middle" '
    yield f'fill="{ink}">{share}</text></g>'


def _sentence(office: str, row: Usage) -> str:
    weekday, hour = _place(row)
    when = f"{office}, {day_name[weekday]} {hour}:00 to {hour + 1}:00"
    if row.utilisation is None:
        return f"{when}: {row.booked_minutes} minutes booked outside hours"
    share = f"{row.utilisation:.0%}"
    booked = f"{row.booked_minutes} of {row.available_minutes} minutes booked"
    return f"{when}: {booked} ({share})"


def _description(bands: Sequence[Band]) -> str:
    """The picture in words, for those who do not see it."""
    told = []
    for band in bands:
        available = sum(row.available_minutes for row in band.cells.values())
        booked = sum(row.booked_minutes for row in band.cells.values())
        share = f"{booked / available:.0%}" if available else "no hours"
        told.append(f"{band.name}: {share}")
    return "Booked of all hours. " + "; ".join(told) + "." if told else "No hours."


def _shade(row: Usage) -> tuple[str, str]:
    share = row.utilisation
    if share is None or share > 1:
        return _OVER
    return next((fill, ink) for most, fill, ink in _SHADES if share <= most)


def _hours(usage: Sequence[Usage]) -> range:
    found = [_place(row)[1] for row in usage]
    return range(min(found), max(found) + 1) if found else range(0)


def _place(row: Usage) -> tuple[int, int]:
    assert row.weekday is not None  # noqa: S101  it is by weekday and hour
    assert row.hour is not None  # noqa: S101
    return row.weekday, row.hour
