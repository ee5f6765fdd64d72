"""A note is written while other things are done."""

from playwright.sync_api import expect

from scheduling.models import Appointment


def test_a_note_that_is_not_saved_stays(desk, practice):
    note = desk.open("Robin Ray").get_by_label("Note")
    note.fill("Brought the form")
    desk.press("Confirm")
    expect(desk.dialog.locator(".status")).to_have_text("Confirmed")
    expect(note).to_have_value("Brought the form")
    Appointment.objects.filter(pk=practice.robins.pk).update(version=9, note="Theirs")
    desk.press("Save the note")
    expect(desk.dialog).to_contain_text("Somebody else has just changed this.")
    expect(note).to_have_value("Brought the form")
    expect(desk.dialog).to_contain_text("Saved so far: Theirs")
    desk.has_no_barriers()
    desk.press("Save the note")
    expect(desk.dialog).not_to_contain_text("Saved so far")

    practice.robins.refresh_from_db()
    assert practice.robins.note == "Brought the form"
