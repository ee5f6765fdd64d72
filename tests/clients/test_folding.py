"""Names are found however their accents and marks are typed."""

import pytest
from django.db import connection
from django.db.models import Value

from clients.folding import Folded, piecewise, words
from clients.models import NAMES, Client
from tests.factories.clients import ClientFactory

pytestmark = pytest.mark.django_db

ZOE = ("Zoë", "O'Brien-Test")
JOSE = ("José", "Peña")


def found(text):
    folded = Client.objects.alias(folded_name=Folded(*NAMES))
    return [
        (client.first_name, client.last_name)
        for client in folded.filter(piecewise(text, "folded_name"))
    ]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("jose", [JOSE]),
        ("PENA", [JOSE]),
        ("jose pena", [JOSE]),
        ("José Pen\N{COMBINING TILDE}a", [JOSE]),
        ("Peña, José", [JOSE]),
        ("zoe o", [ZOE]),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Brien", [ZOE]),
        ("obrien test", [ZOE]),
        ("o'brien-test", [ZOE]),
        ("zoe pena", []),
        (",", []),
        ("%", []),
    ],
)
def test_neither_accents_nor_marks_hide_anybody(text, who):
    for first_name, last_name in (ZOE, JOSE):
        ClientFactory.create(
            first_name=first_name, last_name=last_name, preferred_name=""
        )

    assert found(text) == who


def test_what_is_typed_folds_as_what_is_stored():
    letters = [chr(code) for code in range(0xC0, 0x250) if chr(code).isalpha()]
    ClientFactory.create()

    stored = Client.objects.values_list(Folded(Value(" ".join(letters))), flat=True)

    assert stored[0].split() == words(" ".join(letters))


def test_an_index_finds_a_folded_name():
    asked = Client.objects.alias(folded_name=Folded(*NAMES)).filter(
        piecewise("Peña", "folded_name")
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert "client_by_folded_name" in asked.order_by().explain()
