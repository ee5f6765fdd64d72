from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from config import gunicorn

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


def test_a_repeated_key_is_told_of_where_nothing_is_sent(schema):
    confirm = schema["paths"]["/api/v1/appointments/{id}/confirm/"]["post"]

    assert "requestBody" not in confirm
    assert "422" in confirm["responses"]


def test_a_read_of_what_a_parameter_names_may_find_nothing(schema):
    preview = schema["paths"]["/api/v1/messages/preview/"]["get"]

    assert "404" in preview["responses"]


def test_an_address_may_have_as_many_ids_as_the_schema_allows(schema):
    parameters = schema["paths"]["/api/v1/appointments/"]["get"]["parameters"]
    therapists = next(each for each in parameters if each["name"] == "therapist")
    ids = f"therapist={UUID(int=0)}&" * therapists["schema"]["maxItems"]

    line = f"GET /api/v1/appointments/?{ids}limit=200 HTTP/1.1"

    assert len(line) < gunicorn.limit_request_line


def test_a_change_goes_by_its_own_name(schema):
    changes = {
        path: operation["post"]["operationId"]
        for path, operation in schema["paths"].items()
        if "{" in path and "post" in operation
    }

    assert changes["/api/v1/appointments/{id}/cancel/"] == "appointments_cancel"
    assert [name for name in changes.values() if name.endswith("_create")] == []


def test_no_list_of_choices_is_named_after_the_field_that_has_it(schema):
    unnamed = [
        name for name in schema["components"]["schemas"] if name.endswith("Enum")
    ]

    assert unnamed == ["BlankEnum"]  # drf-spectacular's


def test_a_request_has_no_other_fields(schema):
    requests = {
        name: each
        for name, each in schema["components"]["schemas"].items()
        if name.endswith("Request")
    }

    assert len(requests) > 50
    assert [
        name
        for name, each in requests.items()
        if each.get("additionalProperties") is not False
    ] == []


def test_a_list_in_a_request_tells_how_many_it_takes(schema):
    clients = schema["components"]["schemas"]["BookRequest"]["properties"]["clients"]

    assert clients == {
        "type": "array",
        "items": {"type": "string", "format": "uuid"},
        "minItems": 1,
        "maxItems": 100,
        "uniqueItems": True,
    }


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_the_pages_about_the_schema_ask_no_other_site(api, db, page):
    html = api.get(f"/api/v1/{page}/").content.decode()

    assert ("http://" in html, "https://" in html) == (False, False)


def test_the_schema_is_served_as_json_too(api, db):
    response = api.get("/api/v1/schema/", headers={"accept": "application/json"})

    assert response.json()["openapi"] == "3.1.0"


def test_what_may_be_kept_says_so_under_the_address_it_has(schema):
    responses = schema["paths"]["/api/v1/smart-scheduling/$bulk-publish"]["get"][
        "responses"
    ]

    assert sorted(responses["200"]["headers"]) == ["Cache-Control", "ETag"]
    assert sorted(responses["304"]["headers"]) == ["Cache-Control", "ETag"]
