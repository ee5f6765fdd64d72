"""Somebody new is registered: once, as themselves, and nobody else by mistake."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clients.models import Client
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import AppointmentFactory, SessionTypeFactory
from tests.times import ZONE, at


def tell(desk, name, *, born, phone="(310) 555-0199"):
    """Fill in the form for a new client, up to its button."""
    desk.dialog.get_by_label("Client", exact=True).fill(name)
    desk.press("New client")
    desk.dialog.get_by_label("Date of birth").fill(born)
    desk.dialog.get_by_label("Phone").first.fill(phone)


def chosen(desk):
    return desk.dialog.get_by_label("Clients chosen")


def test_nothing_of_one_client_is_left_for_the_next(desk, practice):
    desk.press("New")
    tell(desk, "Ann Child", born="2018-02-01")
    child = desk.dialog.locator("details")
    desk.dialog.get_by_text("A child: who answers for them?").click()
    child.get_by_label("First name").fill("Mum")
    child.get_by_label("Last name").fill("Child")
    child.get_by_label("Phone").fill("(310) 555-0177")
    desk.dialog.get_by_label("Agrees to sessions by video").check()
    desk.press("Register")
    expect(chosen(desk)).to_contain_text("Ann Child")
    tell(desk, "Zed Adult", born="1980-02-01", phone="(310) 555-0188")
    expect(child.get_by_label("First name")).to_be_hidden()
    desk.press("Register")
    expect(chosen(desk)).to_contain_text("Zed Adult")

    zed = Client.objects.get(first_name="Zed")
    assert (zed.consent_basis, zed.guardians.count(), zed.telehealth_consent_on) == (
        "",
        0,
        None,
    )


def test_what_was_found_for_another_text_is_not_chosen(desk, practice):
    desk.press("New")
    box = desk.dialog.get_by_label("Client", exact=True)
    box.fill("ray")
    expect(desk.dialog.locator(".found li")).to_contain_text("Robin Ray")
    box.fill("kim")
    desk.page.keyboard.press("Enter")
    expect(desk.dialog.locator(".found li")).to_contain_text("Kim Sato")
    desk.page.keyboard.press("Enter")

    expect(chosen(desk)).to_have_text("Kim Sato")


def test_register_pressed_twice_registers_once(desk, practice):
    desk.press("New")
    tell(desk, "Twin Once", born="1980-02-01")
    desk.dialog.get_by_role("button", name="Register", exact=True).dblclick()
    expect(chosen(desk)).to_contain_text("Twin Once")
    desk.page.wait_for_load_state("networkidle")

    assert Client.objects.filter(first_name="Twin").count() == 1


def test_whoever_is_known_already_leaves_no_twin_behind(desk, practice):
    known = ClientFactory.create(
        first_name="Kim", last_name="Example", born_on="1988-02-01"
    )
    desk.press("New")
    tell(desk, "Kim Example", born="1988-02-01")
    desk.press("Register")
    told = desk.dialog.get_by_role("status").filter(has_text="somebody you know")
    expect(told).to_be_focused()
    expect(told).to_be_in_viewport(ratio=0.9)
    desk.has_no_barriers()
    desk.dialog.get_by_role("button", name=re.compile("Take Kim Example")).click()
    expect(chosen(desk)).to_have_text("Kim Example")

    assert list(Client.objects.filter(last_name="Example")) == [known]


def test_somebody_else_of_the_same_name_is_registered_all_the_same(desk, practice):
    known = ClientFactory.create(
        first_name="Kim", last_name="Example", born_on="1988-02-01"
    )
    desk.press("New")
    tell(desk, "Kim Example", born="1988-02-01")
    desk.press("Register")
    desk.press("Somebody else: register them")
    expect(chosen(desk)).to_have_text("Kim Example")

    other = Client.objects.exclude(pk=known.pk).get(last_name="Example")
    assert other.phone == "+13105550199"


def test_who_joins_a_group_is_looked_for_among_those_known(group, practice):
    Client.objects.filter(pk=practice.kim.pk).update(born_on="1988-02-01")
    desk, session = group
    tell(desk, "Kim Sato", born="1988-02-01")
    desk.press("Register")
    desk.dialog.get_by_role("button", name=re.compile("Take Kim Sato")).click()
    expect(desk.dialog.locator(".members")).to_contain_text("Kim Sato expected")

    assert session.clients.filter(last_name="Sato").get() == practice.kim
    assert Client.objects.filter(last_name="Sato").count() == 1


def test_whoever_was_refused_is_not_asked_for_again(group, practice):
    """Robin has another session then; Kim has none."""
    desk, session = group
    AppointmentFactory.create(
        therapist=practice.ben,
        office=practice.encino,
        telehealth=True,
        starts_at=session.starts_at,
        clients=[practice.robin],
    )
    box = desk.dialog.get_by_label("Client", exact=True)
    box.fill("ray")
    desk.dialog.get_by_role("option", name=re.compile("Robin Ray")).click()
    expect(desk.dialog.get_by_role("alert")).to_contain_text("another session")
    box.fill("kim")
    desk.dialog.get_by_role("option", name=re.compile("Kim Sato")).click()

    expect(desk.dialog.locator(".members")).to_contain_text("Kim Sato expected")
    assert not session.clients.filter(pk=practice.robin.pk).exists()


@pytest.fixture
def group(desk, practice):
    """The dialog that says who comes to a group of two so far."""
    kind = SessionTypeFactory.create(group=True)
    practice.cleo.session_types.add(kind)
    session = AppointmentFactory.create(
        therapist=practice.cleo,
        room=practice.blue,
        session_type=kind,
        starts_at=at(practice.day, "11:00"),
        clients=[
            ClientFactory.create(first_name=name, last_name="Wu")
            for name in ("Max", "Ida")
        ],
    )
    desk.page.reload()
    desk.is_ready()
    desk.open("Ida Wu")
    desk.press("Clients…")
    return desk, session


def test_in_the_evening_a_consent_is_of_that_day(desk, practice):
    """In Los Angeles, while it is tomorrow elsewhere."""
    today = timezone.now().astimezone(ZONE).date()
    desk.page.clock.set_fixed_time(at(today, "20:00"))
    desk.press("New")
    tell(desk, "Eve Ning", born="1980-02-01")
    desk.dialog.get_by_label("Agrees to sessions by video").check()
    desk.press("Register")
    expect(chosen(desk)).to_contain_text("Eve Ning")

    assert Client.objects.get(first_name="Eve").telehealth_consent_on == today
