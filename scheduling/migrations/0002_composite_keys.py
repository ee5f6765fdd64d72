from django.db import migrations


class Migration(migrations.Migration):
    """An attendance repeats its appointment's busy time, and a room belongs to the
    appointment's office: composite foreign keys, which Django cannot declare.

    They refer to constraints that are there only once the first migration has ended.
    """

    replaces = [
        ("scheduling", "0002_series"),
        ("scheduling", "0003_fees_by_attendance"),
        ("scheduling", "0004_policy_overrides"),
        ("scheduling", "0005_work_list"),
        ("scheduling", "0006_texts"),
        ("scheduling", "0007_answers"),
        ("scheduling", "0008_resolutions"),
        ("scheduling", "0009_reminder_plans"),
        ("scheduling", "0010_calendar_links"),
        ("scheduling", "0011_replanning_since"),
        ("scheduling", "0012_genders_and_states"),
        ("scheduling", "0013_intakes"),
        ("scheduling", "0014_matches"),
        ("scheduling", "0015_worker_heartbeats"),
        ("scheduling", "0016_intakes_changed_at"),
        ("scheduling", "0017_guarantees"),
        ("scheduling", "0018_waitlist"),
        ("scheduling", "0019_guarantees_mended"),
        ("scheduling", "0020_intake_wishes_history"),
    ]

    dependencies = [
        ("scheduling", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            sql="""
                ALTER TABLE scheduling_attendance
                ADD CONSTRAINT attendance_follows_appointment
                FOREIGN KEY (appointment_id, starts_at, ends_at, occupies)
                REFERENCES scheduling_appointment (id, starts_at, ends_at, occupies)
                ON UPDATE CASCADE
            """,
            reverse_sql="""
                ALTER TABLE scheduling_attendance
                DROP CONSTRAINT attendance_follows_appointment
            """,
        ),
        migrations.RunSQL(
            sql="""
                ALTER TABLE scheduling_appointment
                ADD CONSTRAINT appointment_room_at_office
                FOREIGN KEY (room_id, office_id)
                REFERENCES locations_room (id, office_id)
            """,
            reverse_sql="""
                ALTER TABLE scheduling_appointment
                DROP CONSTRAINT appointment_room_at_office
            """,
        ),
    ]
