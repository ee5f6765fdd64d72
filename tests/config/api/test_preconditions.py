import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from config.api import preconditions


def request(tag: str | None) -> Request:
    headers = {} if tag is None else {"If-Match": tag}
    return Request(RequestFactory().post("/", headers=headers))


@pytest.mark.parametrize(("tag", "version"), [('"0"', 0), ('"17"', 17), (' "3" ', 3)])
def test_one_strong_tag_names_a_version(tag, version):
    assert preconditions.expected_version(request(tag)) == version


def test_a_version_becomes_a_tag_and_back():
    assert preconditions.expected_version(request(preconditions.etag(12))) == 12


def test_a_change_without_a_tag_is_refused():
    with pytest.raises(preconditions.PreconditionRequired):
        preconditions.expected_version(request(None))


@pytest.mark.parametrize(
    "tag",
    [
        "*",
        "",
        "3",
        'W/"3"',
        '"3", "4"',
        '"03"',
        '"-1"',
        '"x"',
        '"',
        '"1"x',
        '"' + "9" * 10 + '"',
    ],
)
def test_any_other_tag_is_refused(tag):
    with pytest.raises(preconditions.InvalidPrecondition):
        preconditions.expected_version(request(tag))
