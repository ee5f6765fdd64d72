"""The worked cases: what `matching_cases.md` asks, and how it tells the answer.

The file is written for people. Each case has a heading, the body of a request to
`matches/` in which therapists go by name, the first three with the reasons for their
points, and everybody who was left out.
"""

import json
import re
from collections import defaultdict
from datetime import datetime
from pathlib import Path

from scheduling.models import Therapist

FILE = Path(__file__).with_suffix(".md")
FIRST = 3
FOR_ANYBODY = {"consultation-15", "individual-50", "intake-50"}
_CASE = re.compile(r"^## (?P<title>.+)\n\n`(?P<body>{.*})`\n\n", re.MULTILINE)


def read():
    """The expected text of each case by its title, and the request."""
    text = FILE.read_text(encoding="utf-8")
    heads = list(_CASE.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return {
        head["title"]: (json.loads(head["body"]), text[head.end() : end].strip())
        for head, end in zip(heads, ends, strict=True)
    }


def read_team():
    """The table of the team, as the file has it."""
    text = FILE.read_text(encoding="utf-8")
    return text[text.index("| therapist | sees |") : text.index("\n\n## ")]


def tell_team():
    """Who there is, with what distinguishes them."""
    lines = [
        "| therapist | sees | speaks | gender | licensed in | new clients | practises "
        "| offices | video | also offers |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in Therapist.objects.order_by("pk"):
        modalities = one.modalities.order_by("slug")
        offices = one.offices.order_by("slug").values_list("slug", flat=True)
        kinds = one.session_types.order_by("slug").values_list("slug", flat=True)
        cells = [
            one.display_name,
            ", ".join(one.age_groups),
            ", ".join(one.languages),
            one.gender or "not told",
            ", ".join(one.license_states),
            "yes" if one.accepts_new_clients else "no",
            ", ".join(each.abbreviation or each.name for each in modalities),
            ", ".join(offices),
            "yes" if one.telehealth else "no",
            ", ".join(kind for kind in kinds if kind not in FOR_ANYBODY),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def ask(desk, body):
    """What the front desk is answered."""
    team = {one.display_name: str(one.pk) for one in Therapist.objects.all()}
    earlier = [team[name] for name in body.get("earlier_therapists", ())]
    named = {"earlier_therapists": earlier} if earlier else {}
    response = desk.post("/api/v1/matches/", {**body, "limit": FIRST, **named})
    assert response.status_code == 201, response.content
    return response.json()


def tell(answer):
    lines = ["| therapist | points | first hour | why |", "|---|---:|---|---|"]
    for each in answer["results"]:
        most = sum(part["max"] for part in each["parts"])
        why = " ".join(
            f"{part['criterion']} {part['points']}: {part['why']}"
            for part in each["parts"]
        )
        name = each["therapist"]["display_name"]
        lines.append(
            f"| {name} | {each['score']} of {most} | {_hour(each['slots'])} | {why} |"
        )
    if not answer["results"]:
        lines = ["Nobody."]
    left_out = defaultdict(list)
    for each in answer["excluded"]:
        for reason in each["reasons"]:
            left_out[reason["code"]].append(each["therapist"]["display_name"])
    told = [f"- {code}: {', '.join(names)}" for code, names in sorted(left_out.items())]
    return "\n".join([*lines, "", "Left out:", "", *told])


def _hour(slots):
    if not slots:
        return "none"
    first = slots[0]
    start = datetime.fromisoformat(first["starts_at"])
    where = first["office"]["name"] if first["office"] else "elsewhere"
    mode = "in person" if first["mode"] == "in_person" else "by video"
    return f"{start:%a} {start.day} {start:%b %H:%M}, {where}, {mode}"
