import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from clients.models import Client, ConsentStatus, ContactConsent, Guardian
from tests.factories.clients import ClientFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

HEADER = "first_name,last_name,born_on,email"


@pytest.fixture
def file(tmp_path):
    def write(*lines, header=HEADER):
        path = tmp_path / "clients.csv"
        content = "\n".join([header, *lines]) + "\n"
        path.write_bytes(content.encode())
        return path

    return write


def run(path, *options):
    """What is on standard output and standard error, and the exit code."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_clients", str(path), *options, stdout=out, stderr=err)
    except CommandError as refusal:
        return out.getvalue(), str(refusal), refusal.returncode
    return out.getvalue(), err.getvalue(), 0


def test_all_of_a_client_is_taken_in(file):
    path = file(
        "Kim,Example1,2015-03-02,,(310) 555-0188,Kimmy,they/them,CA,es,no,yes,guardian,"
        "yes,2026-12-01,Alex,Parent1,parent,parent1@example.org,",
        header="first_name,last_name,born_on,email,phone,preferred_name,pronouns,state,"
        "language,wants_sms,wants_email,consent_basis,guardian_contact_ok,"
        "telehealth_consent_on,guardian_first_name,guardian_last_name,"
        "guardian_relationship,guardian_email,guardian_phone",
    )

    assert run(path) == ("", "1 clients imported.\n", 0)

    [client] = Client.objects.values(
        *["first_name", "preferred_name", "pronouns", "born_on", "phone", "language"],
        *["wants_sms", "wants_email", "consent_basis", "telehealth_consent_on"],
    )
    assert client == {
        "first_name": "Kim",
        "preferred_name": "Kimmy",
        "pronouns": "they/them",
        "born_on": date(2015, 3, 2),
        "phone": "+13105550188",
        "language": "es",
        "wants_sms": False,
        "wants_email": True,
        "consent_basis": "guardian",
        "telehealth_consent_on": date(2026, 12, 1),
    }
    guardian = Guardian.objects.get()
    assert (guardian.display_name, guardian.relationship, guardian.email) == (
        "Alex Parent1",
        "parent",
        "parent1@example.org",
    )
    assert list(ContactConsent.objects.values_list("channel", "status", "source")) == [
        ("sms", ConsentStatus.GRANTED, "given_at_registration")
    ]


def test_an_empty_cell_is_what_a_new_client_has_by_default(file):
    run(
        file(
            "Robin,Example1,1990-05-17,client1@example.org,,",
            header=f"{HEADER},state,wants_sms",
        )
    )

    client = Client.objects.get()
    assert (client.state, client.wants_sms) == ("CA", True)


def test_a_dry_run_writes_nothing(file):
    path = file("Robin,Example1,1990-05-17,client1@example.org")

    assert run(path, "--dry-run") == ("", "1 clients could be imported.\n", 0)
    assert not Client.objects.exists()


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_one_problem_keeps_all_out_and_every_one_is_told(file, options):
    path = file(
        "Robin,Example1,1990-05-17,client1@example.org,,,",
        "Robin,Example2,17.05.1990,client2@example.org,maybe,,",
        "Robin,Example3,1990-05-17,,,,",
        ",Example4,2090-05-17,client4,yes,,",
        "Robin,Example5,2020-05-17,client5@example.org,,self_12plus,",
        "Robin,Example6,2020-05-17,client6@example.org,,,Alex",
        "Robin,Example7,2027-05-17,client7@example.org,,,",
        header=f"{HEADER},wants_sms,consent_basis,guardian_first_name",
    )

    out, err, code = run(path, *options)

    assert out.removeprefix("\ufeff").splitlines() == [
        "line,field,problem",
        "3,wants_sms,Give yes or no.",
        '3,born_on,"Give a date, as in 2027-01-04."',
        "4,email,Give an e-mail address or a phone number.",
        "5,first_name,This field is required.",
        "5,email,Enter a valid email address.",
        "5,born_on,This day is still to come.",
        "6,,Only from twelve on can a minor consent alone (Family Code 6924).",
        "7,guardian_last_name,This field is required.",
        "8,born_on,This day is still to come.",
    ]
    assert (err, code) == ("9 problems; nothing was imported.", 1)
    assert not Client.objects.exists()


def test_all_that_is_wrong_with_a_line_is_told_at_once(file):
    known = ClientFactory.create(last_name="Example1")
    header = f"{HEADER},phone,wants_sms,consent_basis,telehealth_consent_on,state"
    path = file(
        "Robin,Example1,1990-05-17,client1,12,maybe,none,2090-01-01,California",
        "Kim,Example2,2020-05-17,,,perhaps,self_12plus,,",
        "Kim,,1990-05-17,,12,,,,",
        header=header,
    )

    out, _, code = run(path, "--dry-run")

    assert out.removeprefix("\ufeff").splitlines()[1:] == [
        "2,wants_sms,Give yes or no.",
        "2,email,Enter a valid email address.",
        "2,phone,This is not a telephone number.",
        '2,state,"Give a state by its two letters, as in CA."',
        "2,state,Ensure this field has no more than 2 characters.",
        '2,consent_basis,"Give one of guardian, self_12plus."',
        "2,telehealth_consent_on,This day is still to come.",
        f"2,,This client is there already: client {known.pk}.",
        "3,wants_sms,Give yes or no.",
        "3,email,Give an e-mail address or a phone number.",
        "3,,Only from twelve on can a minor consent alone (Family Code 6924).",
        "4,last_name,This field is required.",
        "4,phone,This is not a telephone number.",
    ]
    assert code == 1


def test_who_is_there_already_is_not_taken_in_twice(file):
    known = ClientFactory.create(last_name="Example1")
    path = file(
        "ROBIN,example1,1990-05-17,client1@example.org",
        "Robin,Example2,1990-05-17,client2@example.org",
        "Robin,Example1,1991-05-17,client3@example.org",
        "Robin,Example2,1990-05-17,client4@example.org",
    )

    out, _, code = run(path)
    refused = Client.objects.count()
    allowed = run(path, "--allow-duplicates")

    assert out.splitlines()[1:] == [
        f"2,,This client is there already: client {known.pk}.",
        "5,,This client is there already: line 3.",
    ]
    assert (code, refused) == (1, 1)
    assert (allowed[2], Client.objects.count()) == (0, 5)


def test_a_file_that_was_taken_in_is_refused_as_a_whole_the_second_time(file):
    path = file("Robin,Example1,1990-05-17,client1@example.org")

    assert [run(path)[2], run(path)[2], Client.objects.count()] == [0, 1, 1]


def test_a_formula_is_a_text_like_any_other(file):
    path = file('"=HYPERLINK(""x"")",Example1,1990-05-17,client1@example.org')

    assert run(path)[2] == 0
    assert Client.objects.get().first_name == '=HYPERLINK("x")'


@pytest.mark.parametrize(
    ("content", "line", "field"),
    [
        (b"\xff\xfe", 1, ""),
        (b"first_name,last_name\nRobin,Example1\n", 1, "born_on"),
        (b"first_name;last_name;born_on;email\nR;\0;1990-05-17;x@y.org\n", 2, ""),
        (b"first_name,last_name,born_on,id\nR,E,1990-05-17,1\n", 1, "id"),
        (b"", 1, "first_name"),
    ],
)
def test_what_is_no_such_table_is_told_as_a_problem_too(tmp_path, content, line, field):
    path = tmp_path / "clients.csv"
    path.write_bytes(content)

    out, _, code = run(path)

    assert out.splitlines()[1].startswith(f"{line},{field},")
    assert code == 1


def test_a_file_that_is_not_there_is_a_wrong_question(tmp_path):
    _, err, code = run(tmp_path / "nowhere.csv")

    assert (err.endswith("nowhere.csv: No such file or directory."), code) == (True, 2)


def test_standard_input_is_a_file(monkeypatch):
    content = f"{HEADER}\nRobin,Example1,1990-05-17,client1@example.org\n".encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))

    assert run("-")[2] == 0
    assert Client.objects.count() == 1


def test_two_thousand_lines_are_read_and_every_wrong_one_is_told(file):
    good = "Robin,Example{0},1990-05-17,client{0}@example.org"
    bad = "Robin,Example{0},tomorrow,client{0}@example.org"
    path = file(*((bad if n % 100 else good).format(n) for n in range(2_000)))

    out, err, code = run(path, "--dry-run")

    assert (err, code) == ("1980 problems; nothing was imported.", 1)
    assert out.splitlines()[1:3] == [
        '3,born_on,"Give a date, as in 2027-01-04."',
        '4,born_on,"Give a date, as in 2027-01-04."',
    ]
    assert len(out.splitlines()) == 1981
    assert not Client.objects.exists()


def test_history_tells_that_a_client_was_imported(file):
    run(file("Robin,Example1,1990-05-17,client1@example.org"))

    event = Client.objects.get().events.get()
    assert event.pgh_context.metadata == {"command": "clients"}
