import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import config.ids


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0004_opt_outs"),
        ("locations", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("scheduling", "0017_guarantees"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Opening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("therapist_id", models.UUIDField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("after", models.UUIDField(null=True)),
                (
                    "not_before",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now()
                    ),
                ),
                (
                    "since",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now()
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WaitlistEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=config.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "modes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("in_person", "In person"),
                                ("telehealth", "By video"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("time_from", models.PositiveSmallIntegerField(default=0)),
                ("time_to", models.PositiveSmallIntegerField(default=1440)),
                ("until", models.DateField()),
                ("offers_per_day", models.PositiveSmallIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("booked", "Booked"),
                            ("withdrawn", "Withdrawn"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("passed_over_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="WaitlistEntryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "id",
                    models.UUIDField(
                        default=config.ids.uuid7, editable=False, serialize=False
                    ),
                ),
                (
                    "modes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("in_person", "In person"),
                                ("telehealth", "By video"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("time_from", models.PositiveSmallIntegerField(default=0)),
                ("time_to", models.PositiveSmallIntegerField(default=1440)),
                ("until", models.DateField()),
                ("offers_per_day", models.PositiveSmallIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("booked", "Booked"),
                            ("withdrawn", "Withdrawn"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("passed_over_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WaitlistEntryOfficeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WaitlistEntryTherapistEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WaitlistOffer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=config.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("lapsed", "Lapsed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="offered",
                        max_length=9,
                    ),
                ),
                ("offered_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "via",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("link", "By the link of a message"),
                            ("phone", "By telephone, to the front desk"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("desk", "The front desk took it back"),
                            ("booked_over", "The hour was given to somebody else"),
                            ("entry_withdrawn", "They wait no longer"),
                            ("not_reached", "No message could reach them"),
                        ],
                        max_length=15,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WaitlistOfferEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "id",
                    models.UUIDField(
                        default=config.ids.uuid7, editable=False, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("lapsed", "Lapsed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="offered",
                        max_length=9,
                    ),
                ),
                ("offered_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "via",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("link", "By the link of a message"),
                            ("phone", "By telephone, to the front desk"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("desk", "The front desk took it back"),
                            ("booked_over", "The hour was given to somebody else"),
                            ("entry_withdrawn", "They wait no longer"),
                            ("not_reached", "No message could reach them"),
                        ],
                        max_length=15,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ClosureOpening",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("locations.closure",),
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="practicepolicy",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="practicepolicy",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="practicepolicy",
            name="delete_delete",
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="message_kind",
        ),
        migrations.AddField(
            model_name="practicepolicy",
            name="offer_minutes",
            field=models.PositiveSmallIntegerField(db_default=120, default=120),
        ),
        migrations.AddField(
            model_name="practicepolicyevent",
            name="offer_minutes",
            field=models.PositiveSmallIntegerField(db_default=120, default=120),
        ),
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[
                    ("booked", "Booked"),
                    ("reminder", "Reminder"),
                    ("moved", "Moved"),
                    ("cancelled", "Cancelled"),
                    ("correction", "Correction"),
                    ("offer", "Offer"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="messageevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("booked", "Booked"),
                    ("reminder", "Reminder"),
                    ("moved", "Moved"),
                    ("cancelled", "Cancelled"),
                    ("correction", "Correction"),
                    ("offer", "Offer"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "booked",
                            "reminder",
                            "moved",
                            "cancelled",
                            "correction",
                            "offer",
                        ],
                    )
                ),
                name="message_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="practicepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("offer_minutes__gte", 15), ("offer_minutes__lte", 1440)
                ),
                name="practice_policy_offer_minutes",
            ),
        ),
        migrations.AddIndex(
            model_name="opening",
            index=models.Index(fields=["not_before", "id"], name="opening_in_turn"),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waitlist_entries",
                to="clients.client",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="concern",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clients.presentingconcern",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="modality",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="scheduling.modality",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="offices",
            field=models.ManyToManyField(
                blank=True, related_name="waitlist_entries", to="locations.office"
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="session_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waitlist_entries",
                to="scheduling.sessiontype",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="therapists",
            field=models.ManyToManyField(
                blank=True, related_name="waitlist_entries", to="scheduling.therapist"
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryevent",
            name="client",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="clients.client",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryevent",
            name="concern",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="clients.presentingconcern",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryevent",
            name="created_by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryevent",
            name="modality",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="scheduling.modality",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="scheduling.waitlistentry",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryevent",
            name="session_type",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="scheduling.sessiontype",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryofficeevent",
            name="office",
            field=models.ForeignKey(
                db_constraint=False,
                db_tablespace="",
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="locations.office",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryofficeevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryofficeevent",
            name="waitlistentry",
            field=models.ForeignKey(
                db_constraint=False,
                db_tablespace="",
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="scheduling.waitlistentry",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentrytherapistevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentrytherapistevent",
            name="therapist",
            field=models.ForeignKey(
                db_constraint=False,
                db_tablespace="",
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="scheduling.therapist",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentrytherapistevent",
            name="waitlistentry",
            field=models.ForeignKey(
                db_constraint=False,
                db_tablespace="",
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="scheduling.waitlistentry",
            ),
        ),
        migrations.AddField(
            model_name="waitlistoffer",
            name="appointment",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="scheduling.appointment",
            ),
        ),
        migrations.AddField(
            model_name="waitlistoffer",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="scheduling.waitlistentry",
            ),
        ),
        migrations.AddField(
            model_name="waitlistofferevent",
            name="appointment",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="scheduling.appointment",
            ),
        ),
        migrations.AddField(
            model_name="waitlistofferevent",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="scheduling.waitlistentry",
            ),
        ),
        migrations.AddField(
            model_name="waitlistofferevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="waitlistofferevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="scheduling.waitlistoffer",
            ),
        ),
        migrations.CreateModel(
            name="WaitlistEntryOffice",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("scheduling.waitlistentry_offices",),
        ),
        migrations.AddIndex(
            model_name="waitlistentry",
            index=models.Index(
                fields=["created_at", "id"], name="waitlist_entry_by_age"
            ),
        ),
        migrations.AddIndex(
            model_name="waitlistentry",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["created_at", "id"],
                name="waitlist_entry_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "booked", "withdrawn"])),
                name="waitlist_entry_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("time_to__gt", models.F("time_from")), ("time_to__lte", 1440)
                ),
                name="waitlist_entry_within_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekdays__contained_by", [0, 1, 2, 3, 4, 5, 6])),
                name="waitlist_entry_weekdays",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("modes__contained_by", ["in_person", "telehealth"])
                ),
                name="waitlist_entry_modes",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("offers_per_day__gte", 1), ("offers_per_day__lte", 10)
                ),
                name="waitlist_entry_offers_per_day",
            ),
        ),
        migrations.CreateModel(
            name="WaitlistEntryTherapist",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("scheduling.waitlistentry_therapists",),
        ),
        migrations.AddIndex(
            model_name="waitlistoffer",
            index=models.Index(
                condition=models.Q(("state", "offered")),
                fields=["expires_at"],
                name="waitlist_offer_live",
            ),
        ),
        migrations.AddIndex(
            model_name="waitlistoffer",
            index=models.Index(
                fields=["offered_at", "id"], name="waitlist_offer_by_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistoffer",
            constraint=models.UniqueConstraint(
                fields=("appointment",), name="waitlist_offer_once_for_a_hold"
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistoffer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "offered")),
                fields=("entry",),
                name="waitlist_offer_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["offered", "accepted", "declined", "lapsed", "withdrawn"],
                    )
                ),
                name="waitlist_offer_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("state", "offered")),
                    models.Q(
                        models.Q(("state", "offered"), _negated=True),
                        ("answered_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="waitlist_offer_answered_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("via__in", ["", "link", "phone"])),
                name="waitlist_offer_via",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "because__in",
                            ["desk", "booked_over", "entry_withdrawn", "not_reached"],
                        ),
                        ("state", "withdrawn"),
                    ),
                    models.Q(
                        models.Q(("state", "withdrawn"), _negated=True), ("because", "")
                    ),
                    _connector="OR",
                ),
                name="waitlist_offer_withdrawn_because",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="appointment",
            trigger=pgtrigger.compiler.Trigger(
                name="noting_opening",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.occupies AND (NOT NEW.occupies OR OLD.therapist_id <> NEW.therapist_id OR OLD.starts_at <> NEW.starts_at OR OLD.ends_at <> NEW.ends_at))",
                    func="INSERT INTO scheduling_opening (therapist_id, starts_at, ends_at) SELECT OLD.therapist_id, OLD.starts_at, OLD.ends_at WHERE OLD.ends_at > now(); RETURN NULL;",
                    hash="6e5955e74c317bc1ef377e6678a599663bd23134",
                    operation="UPDATE",
                    pgid="pgtrigger_noting_opening_85eea",
                    table="scheduling_appointment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="availabilityoverride",
            trigger=pgtrigger.compiler.Trigger(
                name="noting_opening",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO scheduling_opening (therapist_id, starts_at, ends_at)\nSELECT NEW.therapist_id, start AT TIME ZONE zone, stop AT TIME ZONE zone\nFROM (SELECT NEW.date + make_interval(mins => NEW.start_minute) AS start,\n        NEW.date + make_interval(mins => NEW.end_minute) AS stop,\n        COALESCE((SELECT timezone FROM locations_office WHERE id = NEW.office_id),\n                 'America/Los_Angeles') AS zone) AS span\nWHERE stop AT TIME ZONE zone > now();\n RETURN NULL;",
                    hash="dd254cd182bd47f868432e56cc624a67069278fa",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_noting_opening_ef0df",
                    table="scheduling_availabilityoverride",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="availabilityrule",
            trigger=pgtrigger.compiler.Trigger(
                name="noting_opening",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO scheduling_opening (therapist_id, starts_at, ends_at)\nSELECT NEW.therapist_id, begins,\n  LEAST(begins + interval '60 days', (NEW.valid_until + 2)::timestamptz)\nFROM (SELECT GREATEST(now(), NEW.valid_from::timestamptz) AS begins) AS span\nWHERE NEW.valid_until IS NULL OR NEW.valid_until >= now();\n RETURN NULL;",
                    hash="ccab20e41de83c6fe4d5ef5f99f1e599c230d723",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_noting_opening_107af",
                    table="scheduling_availabilityrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practicepolicy",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_practicepolicyevent" ("booked_notice_delay_minutes", "booking_horizon_days", "break_minutes", "callback_phone", "default_travel_minutes", "hold_minutes", "holds_per_user", "id", "late_cancel_hours", "minimum_notice_hours", "name", "no_show_grace_minutes", "offer_minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_from_minute", "quiet_until_minute", "sender_label", "sessions_in_a_row", "sessions_per_day", "sessions_per_week", "singleton", "sms_per_day", "sms_per_week") VALUES (NEW."booked_notice_delay_minutes", NEW."booking_horizon_days", NEW."break_minutes", NEW."callback_phone", NEW."default_travel_minutes", NEW."hold_minutes", NEW."holds_per_user", NEW."id", NEW."late_cancel_hours", NEW."minimum_notice_hours", NEW."name", NEW."no_show_grace_minutes", NEW."offer_minutes", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."quiet_from_minute", NEW."quiet_until_minute", NEW."sender_label", NEW."sessions_in_a_row", NEW."sessions_per_day", NEW."sessions_per_week", NEW."singleton", NEW."sms_per_day", NEW."sms_per_week"); RETURN NULL;',
                    hash="eb1c080c163e46b048245235980156d0a48c92d2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_67bba",
                    table="scheduling_practicepolicy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practicepolicy",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "scheduling_practicepolicyevent" ("booked_notice_delay_minutes", "booking_horizon_days", "break_minutes", "callback_phone", "default_travel_minutes", "hold_minutes", "holds_per_user", "id", "late_cancel_hours", "minimum_notice_hours", "name", "no_show_grace_minutes", "offer_minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_from_minute", "quiet_until_minute", "sender_label", "sessions_in_a_row", "sessions_per_day", "sessions_per_week", "singleton", "sms_per_day", "sms_per_week") VALUES (NEW."booked_notice_delay_minutes", NEW."booking_horizon_days", NEW."break_minutes", NEW."callback_phone", NEW."default_travel_minutes", NEW."hold_minutes", NEW."holds_per_user", NEW."id", NEW."late_cancel_hours", NEW."minimum_notice_hours", NEW."name", NEW."no_show_grace_minutes", NEW."offer_minutes", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."quiet_from_minute", NEW."quiet_until_minute", NEW."sender_label", NEW."sessions_in_a_row", NEW."sessions_per_day", NEW."sessions_per_week", NEW."singleton", NEW."sms_per_day", NEW."sms_per_week"); RETURN NULL;',
                    hash="889b51e7dbb8011ae63cc2cb063cc4505640d664",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_87f77",
                    table="scheduling_practicepolicy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practicepolicy",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_practicepolicyevent" ("booked_notice_delay_minutes", "booking_horizon_days", "break_minutes", "callback_phone", "default_travel_minutes", "hold_minutes", "holds_per_user", "id", "late_cancel_hours", "minimum_notice_hours", "name", "no_show_grace_minutes", "offer_minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_from_minute", "quiet_until_minute", "sender_label", "sessions_in_a_row", "sessions_per_day", "sessions_per_week", "singleton", "sms_per_day", "sms_per_week") VALUES (OLD."booked_notice_delay_minutes", OLD."booking_horizon_days", OLD."break_minutes", OLD."callback_phone", OLD."default_travel_minutes", OLD."hold_minutes", OLD."holds_per_user", OLD."id", OLD."late_cancel_hours", OLD."minimum_notice_hours", OLD."name", OLD."no_show_grace_minutes", OLD."offer_minutes", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."quiet_from_minute", OLD."quiet_until_minute", OLD."sender_label", OLD."sessions_in_a_row", OLD."sessions_per_day", OLD."sessions_per_week", OLD."singleton", OLD."sms_per_day", OLD."sms_per_week"); RETURN NULL;',
                    hash="c976db92f1611453292ca328dea7c5a3e1cd4e7c",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f7df8",
                    table="scheduling_practicepolicy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="therapist",
            trigger=pgtrigger.compiler.Trigger(
                name="noting_opening",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN ((NOT OLD.is_active AND NEW.is_active) OR (NOT OLD.accepts_new_clients AND NEW.accepts_new_clients))",
                    func="INSERT INTO scheduling_opening (therapist_id, starts_at, ends_at) VALUES (NEW.id, now(), now() + interval '60 days'); RETURN NULL;",
                    hash="819c3d841f3987cae9f052fc3aece7777e6b4919",
                    operation="UPDATE",
                    pgid="pgtrigger_noting_opening_228b0",
                    table="scheduling_therapist",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="timeoff",
            trigger=pgtrigger.compiler.Trigger(
                name="noting_opening",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO scheduling_opening (therapist_id, starts_at, ends_at)\nSELECT OLD.therapist_id, GREATEST(OLD.starts_at, now()), OLD.ends_at\nWHERE OLD.ends_at > now();\n RETURN NULL;",
                    hash="b75d24c989b6c48e72ae3abe2ebbfda8cd5284b0",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_noting_opening_bf238",
                    table="scheduling_timeoff",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="closureopening",
            trigger=pgtrigger.compiler.Trigger(
                name="noting_opening",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO scheduling_opening (therapist_id, starts_at, ends_at) SELECT id, GREATEST(OLD.starts_at, now()), OLD.ends_at FROM scheduling_therapist AS therapist WHERE is_active AND OLD.ends_at > now() AND (  OLD.office_id IS NULL OR EXISTS (   SELECT FROM scheduling_therapist_offices AS worked_at   WHERE worked_at.therapist_id = therapist.id   AND worked_at.office_id = OLD.office_id)); RETURN NULL;",
                    hash="22a8f596f76ea5e6af23b6b8e101b87ffa7f54a4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_noting_opening_a4790",
                    table="locations_closure",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentry",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_waitlistentryevent" ("client_id", "concern_id", "created_at", "created_by_id", "id", "modality_id", "modes", "offers_per_day", "passed_over_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_type_id", "state", "time_from", "time_to", "until", "version", "weekdays") VALUES (NEW."client_id", NEW."concern_id", NEW."created_at", NEW."created_by_id", NEW."id", NEW."modality_id", NEW."modes", NEW."offers_per_day", NEW."passed_over_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."session_type_id", NEW."state", NEW."time_from", NEW."time_to", NEW."until", NEW."version", NEW."weekdays"); RETURN NULL;',
                    hash="1780e8d69198576e4c7b7704a20b70ff3cd19cb4",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_825a5",
                    table="scheduling_waitlistentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentry",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "scheduling_waitlistentryevent" ("client_id", "concern_id", "created_at", "created_by_id", "id", "modality_id", "modes", "offers_per_day", "passed_over_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_type_id", "state", "time_from", "time_to", "until", "version", "weekdays") VALUES (NEW."client_id", NEW."concern_id", NEW."created_at", NEW."created_by_id", NEW."id", NEW."modality_id", NEW."modes", NEW."offers_per_day", NEW."passed_over_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."session_type_id", NEW."state", NEW."time_from", NEW."time_to", NEW."until", NEW."version", NEW."weekdays"); RETURN NULL;',
                    hash="0bebca9e25b60ee8ad4ab4854280710c2207dc11",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3314d",
                    table="scheduling_waitlistentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentry",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_waitlistentryevent" ("client_id", "concern_id", "created_at", "created_by_id", "id", "modality_id", "modes", "offers_per_day", "passed_over_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_type_id", "state", "time_from", "time_to", "until", "version", "weekdays") VALUES (OLD."client_id", OLD."concern_id", OLD."created_at", OLD."created_by_id", OLD."id", OLD."modality_id", OLD."modes", OLD."offers_per_day", OLD."passed_over_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."session_type_id", OLD."state", OLD."time_from", OLD."time_to", OLD."until", OLD."version", OLD."weekdays"); RETURN NULL;',
                    hash="848883cc2f64c31bd15290d90f7631961170523c",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_52dc7",
                    table="scheduling_waitlistentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentryevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="4dd5fa8181efeadf3393fdce2365cf8c453fa57e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a85e4",
                    table="scheduling_waitlistentryevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentryofficeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="aae90bfd9fe81fed371b23a29a10103d43f9a4dc",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d3533",
                    table="scheduling_waitlistentryofficeevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentrytherapistevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5981842234715b6a40a459c6c80b4495472e7d9e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_de82e",
                    table="scheduling_waitlistentrytherapistevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistoffer",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_waitlistofferevent" ("answered_at", "appointment_id", "because", "entry_id", "expires_at", "id", "offered_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "via") VALUES (NEW."answered_at", NEW."appointment_id", NEW."because", NEW."entry_id", NEW."expires_at", NEW."id", NEW."offered_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."state", NEW."via"); RETURN NULL;',
                    hash="875824e0611e59573a8586586518efdb00a0a223",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8d0d1",
                    table="scheduling_waitlistoffer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistoffer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "scheduling_waitlistofferevent" ("answered_at", "appointment_id", "because", "entry_id", "expires_at", "id", "offered_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "via") VALUES (NEW."answered_at", NEW."appointment_id", NEW."because", NEW."entry_id", NEW."expires_at", NEW."id", NEW."offered_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."state", NEW."via"); RETURN NULL;',
                    hash="3b42f50f4cdcb4ae4632f5dea72be9b0159384fd",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_003f5",
                    table="scheduling_waitlistoffer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistoffer",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_waitlistofferevent" ("answered_at", "appointment_id", "because", "entry_id", "expires_at", "id", "offered_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "via") VALUES (OLD."answered_at", OLD."appointment_id", OLD."because", OLD."entry_id", OLD."expires_at", OLD."id", OLD."offered_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."state", OLD."via"); RETURN NULL;',
                    hash="93a70a632de064c8d594bc1152c63122d8725862",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_8887c",
                    table="scheduling_waitlistoffer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistofferevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1a6afbbd585c16f9ab619f3628bfc265bbfba838",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a7ba0",
                    table="scheduling_waitlistofferevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentryoffice",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_waitlistentryofficeevent" ("id", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "waitlistentry_id") VALUES (NEW."id", NEW."office_id", _pgh_attach_context(), NOW(), \'insert\', NEW."waitlistentry_id"); RETURN NULL;',
                    hash="6979857aad4985398bee8809b5b9f88c6c5d66b9",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_eb38b",
                    table="scheduling_waitlistentry_offices",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentryoffice",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "scheduling_waitlistentryofficeevent" ("id", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "waitlistentry_id") VALUES (NEW."id", NEW."office_id", _pgh_attach_context(), NOW(), \'update\', NEW."waitlistentry_id"); RETURN NULL;',
                    hash="dbaa95e49e7f0ddfd2253ce97fa1871a25e32a8d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ae229",
                    table="scheduling_waitlistentry_offices",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentryoffice",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_waitlistentryofficeevent" ("id", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "waitlistentry_id") VALUES (OLD."id", OLD."office_id", _pgh_attach_context(), NOW(), \'delete\', OLD."waitlistentry_id"); RETURN NULL;',
                    hash="c75a7c114ee57cf02dddb1b497019cceea6880bf",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9e7bd",
                    table="scheduling_waitlistentry_offices",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentrytherapist",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_waitlistentrytherapistevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "therapist_id", "waitlistentry_id") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."therapist_id", NEW."waitlistentry_id"); RETURN NULL;',
                    hash="2b4bf57f563133e7baef29e664ccb7ac66b6e62c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_fbae8",
                    table="scheduling_waitlistentry_therapists",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentrytherapist",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "scheduling_waitlistentrytherapistevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "therapist_id", "waitlistentry_id") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."therapist_id", NEW."waitlistentry_id"); RETURN NULL;',
                    hash="0f1199a3eee8005f18d3f6d24ab0c769c5840fb4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1fe2c",
                    table="scheduling_waitlistentry_therapists",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentrytherapist",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_waitlistentrytherapistevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "therapist_id", "waitlistentry_id") VALUES (OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."therapist_id", OLD."waitlistentry_id"); RETURN NULL;',
                    hash="c62716d1b8a5753a0e9485946d4d5a675db62b3d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f5370",
                    table="scheduling_waitlistentry_therapists",
                    when="AFTER",
                ),
            ),
        ),
    ]
