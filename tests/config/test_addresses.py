import pytest
from django.core.exceptions import ImproperlyConfigured

from config import addresses


@pytest.mark.parametrize(
    ("public_url", "https", "host"),
    [
        ("https://desk.example.org", True, "desk.example.org"),
        ("https://desk.example.org:8443", True, "desk.example.org"),
        ("http://127.0.0.1:8000", False, "127.0.0.1"),
    ],
)
def test_public_url_names_the_host(public_url, https, host):
    assert addresses.host_of(public_url, https=https) == host


@pytest.mark.parametrize(
    "public_url",
    [
        "desk.example.org",
        "http://desk.example.org",
        "ftp://desk.example.org",
        "https://",
        "https://desk.example.org/",
        "https://desk.example.org/practice",
        "https://desk.example.org?a=b",
        "https://desk.example.org#a",
        "https://me:secret@desk.example.org",
        "https://Desk.example.org",
        "https://desk.example.org:99999",
        " https://desk.example.org",
    ],
)
def test_public_url_is_scheme_and_host_and_no_more(public_url):
    with pytest.raises(ImproperlyConfigured):
        addresses.host_of(public_url, https=True)


@pytest.mark.parametrize(
    "template",
    [
        "https://www.example.org/book",
        "https://www.example.org/book/{slot}",
        "https://www.example.org/book?who={therapist}&where={office}&how={mode}"
        "&what={session_type}&at={starts_at}#form",
    ],
)
def test_booking_url_takes_the_parts_of_a_slot(template):
    assert addresses.booking_template(template, https=True) == template


@pytest.mark.parametrize(
    "template",
    [
        "www.example.org/book",
        "http://www.example.org/book",
        "javascript:alert(1)",
        "https://{office}.example.org/book",
        "https://www.example.org/book?client={client}",
        "https://www.example.org/book?at={starts_at.year}",
        "https://www.example.org/book?at={starts_at!r}",
        "https://www.example.org/book?at={starts_at:>9}",
        "https://www.example.org/book?at={}",
        "https://www.example.org/book?at={starts_at",
        "https://www.example.org/book?at=starts_at}",
    ],
)
def test_booking_url_is_refused_where_it_could_lead_elsewhere(template):
    with pytest.raises(ImproperlyConfigured):
        addresses.booking_template(template, https=True)
