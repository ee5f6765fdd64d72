from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


def test_the_committed_schema_is_the_one_that_is_served(api, db):
    served = api.get("/api/v1/schema/").text

    assert served == (ROOT / "docs" / "openapi.yaml").read_text()


def test_the_schema_is_made_without_a_warning(tmp_path):
    file = tmp_path / "openapi.yaml"

    call_command("spectacular", "--fail-on-warn", "--validate", file=str(file))

    assert file.read_text().startswith("openapi: 3.1.0\n")


def test_every_operation_tells_its_problems(schema):
    always = {"400", "401", "403", "405", "406", "429", "503"}

    silent = [
        operation["operationId"]
        for path in schema["paths"].values()
        for operation in path.values()
        if not always <= operation["responses"].keys()
    ]

    assert silent == []


def test_a_write_tells_what_it_may_run_into(schema):
    room = schema["paths"]["/api/v1/rooms/{id}/"]

    assert sorted(room["patch"]["responses"]) == [
        *["200", "400", "401", "403", "404", "405", "406"],
        *["409", "413", "415", "422", "429", "503"],
    ]
    assert sorted(room["delete"]["responses"]) == [
        *["204", "400", "401", "403", "404", "405", "406", "409", "429", "503"],
    ]


def test_a_list_that_anyone_may_read_says_so(schema):
    ways: list[dict[str, list[str]]] = [{"sessionToken": []}, {"sessionCookie": []}]

    assert schema["paths"]["/api/v1/offices/"]["get"]["security"] == [*ways, {}]
    assert schema["paths"]["/api/v1/offices/"]["post"]["security"] == ways
    assert schema["paths"]["/api/v1/rooms/"]["get"]["security"] == ways


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_the_pages_about_the_schema_ask_no_other_site(api, db, page):
    html = api.get(f"/api/v1/{page}/").content.decode()

    assert ("http://" in html, "https://" in html) == (False, False)


def test_the_schema_is_served_as_json_too(api, db):
    response = api.get("/api/v1/schema/", headers={"accept": "application/json"})

    assert response.json()["openapi"] == "3.1.0"
