import datetime
import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import phonenumber_field.modelfields
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import config.ids
import scheduling.engine.scoring
import scheduling.models.therapists
from config.at_once import AtOnce


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("clients", "0001_initial"),
        ("locations", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        BtreeGistExtension(),
        AtOnce(
            [
                migrations.CreateModel(
                    name="Heartbeat",
                    fields=[
                        (
                            "name",
                            models.CharField(
                                max_length=50, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="PracticePolicyEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        (
                            "singleton",
                            models.BooleanField(default=True, editable=False),
                        ),
                        ("name", models.CharField(max_length=100)),
                        (
                            "sender_label",
                            models.CharField(default="Your appointment", max_length=30),
                        ),
                        ("callback_phone", models.CharField(blank=True, max_length=20)),
                        (
                            "minimum_notice_hours",
                            models.PositiveSmallIntegerField(default=12),
                        ),
                        (
                            "booking_horizon_days",
                            models.PositiveSmallIntegerField(default=120),
                        ),
                        (
                            "late_cancel_hours",
                            models.PositiveSmallIntegerField(default=24),
                        ),
                        (
                            "no_show_grace_minutes",
                            models.PositiveSmallIntegerField(default=15),
                        ),
                        (
                            "hold_minutes",
                            models.PositiveSmallIntegerField(
                                default=5,
                                validators=[
                                    django.core.validators.MinValueValidator(1)
                                ],
                            ),
                        ),
                        (
                            "default_travel_minutes",
                            models.PositiveSmallIntegerField(default=30),
                        ),
                        (
                            "booked_notice_delay_minutes",
                            models.PositiveSmallIntegerField(default=3),
                        ),
                        (
                            "quiet_from_minute",
                            models.PositiveSmallIntegerField(default=1200),
                        ),
                        (
                            "quiet_until_minute",
                            models.PositiveSmallIntegerField(default=480),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.practicepolicy",
                            ),
                        ),
                        (
                            "break_minutes",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        ("holds_per_user", models.PositiveSmallIntegerField(default=3)),
                        (
                            "sessions_in_a_row",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "sessions_per_day",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "sessions_per_week",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "sms_per_day",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "sms_per_week",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "offer_minutes",
                            models.PositiveSmallIntegerField(
                                db_default=120, default=120
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="ReminderRule",
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
                        ("before_minutes", models.PositiveIntegerField()),
                        (
                            "channel",
                            models.CharField(
                                choices=[("sms", "Text message"), ("email", "E-mail")],
                                max_length=5,
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reminders",
                                to="scheduling.reminderplan",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("before_minutes__gte", 30),
                                    ("before_minutes__lte", 20160),
                                ),
                                name="reminder_rule_before_minutes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("channel__in", ["sms", "email"])),
                                name="reminder_rule_channel",
                            ),
                            models.UniqueConstraint(
                                fields=("plan", "before_minutes", "channel"),
                                name="reminder_rule_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReminderRuleEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        ("before_minutes", models.PositiveIntegerField()),
                        (
                            "channel",
                            models.CharField(
                                choices=[("sms", "Text message"), ("email", "E-mail")],
                                max_length=5,
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.reminderrule",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.reminderplan",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="SessionType",
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
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=100)),
                        (
                            "format",
                            models.CharField(
                                choices=[
                                    ("individual", "Individual"),
                                    ("couple", "Couple"),
                                    ("family", "Family"),
                                    ("group", "Group"),
                                ],
                                default="individual",
                                max_length=10,
                            ),
                        ),
                        ("duration_minutes", models.PositiveSmallIntegerField()),
                        (
                            "buffer_before_minutes",
                            models.PositiveSmallIntegerField(default=0),
                        ),
                        (
                            "buffer_after_minutes",
                            models.PositiveSmallIntegerField(default=0),
                        ),
                        (
                            "start_every_minutes",
                            models.PositiveSmallIntegerField(default=30),
                        ),
                        ("clients_min", models.PositiveSmallIntegerField(default=1)),
                        ("clients_max", models.PositiveSmallIntegerField(default=1)),
                        ("telehealth_only", models.BooleanField(default=False)),
                        ("for_new_clients", models.BooleanField(default=False)),
                        ("is_active", models.BooleanField(default=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("duration_minutes__gte", 5),
                                    ("duration_minutes__lte", 240),
                                ),
                                name="session_type_duration",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("buffer_after_minutes__lte", 120),
                                    ("buffer_before_minutes__lte", 120),
                                ),
                                name="session_type_buffers",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("start_every_minutes__gte", 5),
                                    ("start_every_minutes__lte", 240),
                                ),
                                name="session_type_start_every",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("clients_max__gte", models.F("clients_min")),
                                    ("clients_min__gte", 1),
                                ),
                                name="session_type_clients",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SessionTypeEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        ("slug", models.SlugField(db_index=False)),
                        ("name", models.CharField(max_length=100)),
                        (
                            "format",
                            models.CharField(
                                choices=[
                                    ("individual", "Individual"),
                                    ("couple", "Couple"),
                                    ("family", "Family"),
                                    ("group", "Group"),
                                ],
                                default="individual",
                                max_length=10,
                            ),
                        ),
                        ("duration_minutes", models.PositiveSmallIntegerField()),
                        (
                            "buffer_before_minutes",
                            models.PositiveSmallIntegerField(default=0),
                        ),
                        (
                            "buffer_after_minutes",
                            models.PositiveSmallIntegerField(default=0),
                        ),
                        (
                            "start_every_minutes",
                            models.PositiveSmallIntegerField(default=30),
                        ),
                        ("clients_min", models.PositiveSmallIntegerField(default=1)),
                        ("clients_max", models.PositiveSmallIntegerField(default=1)),
                        ("telehealth_only", models.BooleanField(default=False)),
                        ("for_new_clients", models.BooleanField(default=False)),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.sessiontype",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Therapist",
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
                        ("display_name", models.CharField(max_length=150)),
                        ("pronouns", models.CharField(blank=True, max_length=50)),
                        (
                            "license_type",
                            models.CharField(
                                choices=[
                                    ("psychologist", "Psychologist"),
                                    ("lmft", "Marriage and family therapist"),
                                    ("lcsw", "Clinical social worker"),
                                    ("lpcc", "Professional clinical counselor"),
                                    ("amft", "Associate marriage and family therapist"),
                                    ("asw", "Associate clinical social worker"),
                                    (
                                        "apcc",
                                        "Associate professional clinical counselor",
                                    ),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("credentials", models.CharField(blank=True, max_length=100)),
                        ("profile", models.TextField(blank=True)),
                        (
                            "languages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "age_groups",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("child", "Child (under 13)"),
                                        ("adolescent", "Adolescent (13 to 17)"),
                                        ("adult", "Adult (18 to 64)"),
                                        ("older_adult", "Older adult (65 and over)"),
                                    ],
                                    max_length=11,
                                ),
                                size=None,
                            ),
                        ),
                        ("telehealth", models.BooleanField(default=True)),
                        ("accepts_new_clients", models.BooleanField(default=True)),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "concerns",
                            models.ManyToManyField(
                                blank=True,
                                related_name="therapists",
                                to="clients.presentingconcern",
                            ),
                        ),
                        (
                            "modalities",
                            models.ManyToManyField(
                                blank=True,
                                related_name="therapists",
                                to="scheduling.modality",
                            ),
                        ),
                        (
                            "offices",
                            models.ManyToManyField(
                                blank=True,
                                related_name="therapists",
                                to="locations.office",
                            ),
                        ),
                        (
                            "session_types",
                            models.ManyToManyField(
                                blank=True,
                                related_name="therapists",
                                to="scheduling.sessiontype",
                            ),
                        ),
                        (
                            "supervisor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                        (
                            "user",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="therapist",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "gender",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("woman", "Woman"),
                                    ("man", "Man"),
                                    ("non_binary", "Non-binary"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "license_states",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                default=scheduling.models.therapists.california_alone,
                                size=None,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("supervisor", models.F("id")), _negated=True
                                ),
                                name="therapist_supervised_by_another",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TherapistConcernEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "presentingconcern",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.presentingconcern",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="TherapistEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        ("display_name", models.CharField(max_length=150)),
                        ("pronouns", models.CharField(blank=True, max_length=50)),
                        (
                            "license_type",
                            models.CharField(
                                choices=[
                                    ("psychologist", "Psychologist"),
                                    ("lmft", "Marriage and family therapist"),
                                    ("lcsw", "Clinical social worker"),
                                    ("lpcc", "Professional clinical counselor"),
                                    ("amft", "Associate marriage and family therapist"),
                                    ("asw", "Associate clinical social worker"),
                                    (
                                        "apcc",
                                        "Associate professional clinical counselor",
                                    ),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("credentials", models.CharField(blank=True, max_length=100)),
                        ("profile", models.TextField(blank=True)),
                        (
                            "languages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "age_groups",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("child", "Child (under 13)"),
                                        ("adolescent", "Adolescent (13 to 17)"),
                                        ("adult", "Adult (18 to 64)"),
                                        ("older_adult", "Older adult (65 and over)"),
                                    ],
                                    max_length=11,
                                ),
                                size=None,
                            ),
                        ),
                        ("telehealth", models.BooleanField(default=True)),
                        ("accepts_new_clients", models.BooleanField(default=True)),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.therapist",
                            ),
                        ),
                        (
                            "supervisor",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "gender",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("woman", "Woman"),
                                    ("man", "Man"),
                                    ("non_binary", "Non-binary"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "license_states",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                default=scheduling.models.therapists.california_alone,
                                size=None,
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="TherapistModalityEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "modality",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.modality",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="TherapistOfficeEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "office",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="locations.office",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="TherapistSessionTypeEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "sessiontype",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.sessiontype",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="TimeOff",
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
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("note", models.CharField(blank=True, max_length=500)),
                        (
                            "therapist",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="time_off",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["ends_at"], name="time_off_by_end")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at__gt", models.F("starts_at"))
                                ),
                                name="time_off_ends_after_start",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TimeOffEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("note", models.CharField(blank=True, max_length=500)),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.timeoff",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Appointment",
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
                            "mode",
                            models.CharField(
                                choices=[
                                    ("in_person", "In person"),
                                    ("telehealth", "By video"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("held", "Held"),
                                    ("scheduled", "Scheduled"),
                                    ("confirmed", "Confirmed"),
                                    ("checked_in", "Checked in"),
                                    ("completed", "Completed"),
                                    ("cancelled", "Cancelled"),
                                    ("late_cancelled", "Cancelled late"),
                                    (
                                        "cancelled_by_practice",
                                        "Cancelled by the practice",
                                    ),
                                    ("no_show", "No-show"),
                                    ("released", "Released"),
                                ],
                                default="scheduled",
                                max_length=21,
                            ),
                        ),
                        (
                            "occupies",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Case(
                                    models.When(
                                        status__in=(
                                            "held",
                                            "scheduled",
                                            "confirmed",
                                            "checked_in",
                                            "completed",
                                        ),
                                        then=models.Value(True),
                                    ),
                                    default=models.Value(False),
                                ),
                                output_field=models.BooleanField(),
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("late_cancel_at", models.DateTimeField()),
                        (
                            "hold_expires_at",
                            models.DateTimeField(blank=True, null=True),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("facts_version", models.PositiveIntegerField(default=1)),
                        ("reschedules", models.PositiveSmallIntegerField(default=0)),
                        (
                            "overridden",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "override_reason",
                            models.CharField(blank=True, max_length=500),
                        ),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        ("cancel_reason", models.CharField(blank=True, max_length=500)),
                        ("note", models.CharField(blank=True, max_length=2000)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "office",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appointments",
                                to="locations.office",
                            ),
                        ),
                        (
                            "room",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appointments",
                                to="locations.room",
                            ),
                        ),
                        (
                            "clients",
                            models.ManyToManyField(
                                related_name="appointments",
                                through="scheduling.Attendance",
                                to="clients.client",
                            ),
                        ),
                        (
                            "session_type",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appointments",
                                to="scheduling.sessiontype",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appointments",
                                to="scheduling.therapist",
                            ),
                        ),
                        ("occurs_on", models.DateField(blank=True, null=True)),
                        (
                            "series",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="occurrences",
                                to="scheduling.appointmentseries",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["therapist", "starts_at"],
                                include=("ends_at", "occupies"),
                                name="appointment_by_therapist",
                            ),
                            models.Index(
                                fields=["office", "starts_at"],
                                name="appointment_by_office",
                            ),
                            models.Index(
                                fields=["starts_at", "id"], name="appointment_by_start"
                            ),
                            models.Index(
                                condition=models.Q(("status", "held")),
                                fields=["hold_expires_at"],
                                name="appointment_held",
                            ),
                            models.Index(
                                condition=models.Q(("series__isnull", False)),
                                fields=["series", "starts_at"],
                                name="appointment_by_series",
                            ),
                            models.Index(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        ("scheduled", "confirmed", "checked_in"),
                                    )
                                ),
                                fields=["starts_at", "id"],
                                name="appointment_open",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at__gt", models.F("starts_at")),
                                    (
                                        "ends_at__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("starts_at"),
                                            "+",
                                            models.Value(
                                                datetime.timedelta(seconds=14400)
                                            ),
                                        ),
                                    ),
                                ),
                                name="appointment_lasts_up_to_four_hours",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "held",
                                            "scheduled",
                                            "confirmed",
                                            "checked_in",
                                            "completed",
                                            "cancelled",
                                            "late_cancelled",
                                            "cancelled_by_practice",
                                            "no_show",
                                            "released",
                                        ],
                                    )
                                ),
                                name="appointment_status",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("mode", "in_person"),
                                        ("office__isnull", False),
                                        ("room__isnull", False),
                                    ),
                                    models.Q(
                                        ("mode", "telehealth"), ("room__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="appointment_room_when_in_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("hold_expires_at__isnull", False),
                                        ("status", "held"),
                                    ),
                                    ("status", "released"),
                                    models.Q(
                                        ("hold_expires_at__isnull", True),
                                        models.Q(
                                            ("status__in", ["held", "released"]),
                                            _negated=True,
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="appointment_hold_expires",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("cancelled_at__isnull", False),
                                        (
                                            "status__in",
                                            (
                                                "cancelled",
                                                "late_cancelled",
                                                "cancelled_by_practice",
                                            ),
                                        ),
                                    ),
                                    models.Q(
                                        models.Q(
                                            (
                                                "status__in",
                                                (
                                                    "cancelled",
                                                    "late_cancelled",
                                                    "cancelled_by_practice",
                                                ),
                                            ),
                                            _negated=True,
                                        ),
                                        ("cancelled_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="appointment_cancelled_at",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("overridden", []),
                                    models.Q(("override_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="appointment_overridden_for_a_reason",
                            ),
                            models.UniqueConstraint(
                                fields=("id", "starts_at", "ends_at", "occupies"),
                                name="appointment_busy_time",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("occupies", True)),
                                expressions=[
                                    ("therapist", "="),
                                    (
                                        models.Func(
                                            "starts_at",
                                            "ends_at",
                                            django.contrib.postgres.fields.ranges.RangeBoundary(),
                                            function="TSTZRANGE",
                                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                                        ),
                                        "&&",
                                    ),
                                ],
                                name="appointment_therapist_free",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(
                                    ("occupies", True), ("room__isnull", False)
                                ),
                                expressions=[
                                    ("room", "="),
                                    (
                                        models.Func(
                                            "starts_at",
                                            "ends_at",
                                            django.contrib.postgres.fields.ranges.RangeBoundary(),
                                            function="TSTZRANGE",
                                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                                        ),
                                        "&&",
                                    ),
                                ],
                                name="appointment_room_free",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("occurs_on__isnull", True),
                                        ("series__isnull", True),
                                    ),
                                    models.Q(
                                        ("occurs_on__isnull", False),
                                        ("series__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="appointment_occurs_in_a_series",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("occupies", True)),
                                fields=("series", "occurs_on"),
                                name="appointment_occurs_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AppointmentEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("in_person", "In person"),
                                    ("telehealth", "By video"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("held", "Held"),
                                    ("scheduled", "Scheduled"),
                                    ("confirmed", "Confirmed"),
                                    ("checked_in", "Checked in"),
                                    ("completed", "Completed"),
                                    ("cancelled", "Cancelled"),
                                    ("late_cancelled", "Cancelled late"),
                                    (
                                        "cancelled_by_practice",
                                        "Cancelled by the practice",
                                    ),
                                    ("no_show", "No-show"),
                                    ("released", "Released"),
                                ],
                                default="scheduled",
                                max_length=21,
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("late_cancel_at", models.DateTimeField()),
                        (
                            "hold_expires_at",
                            models.DateTimeField(blank=True, null=True),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("facts_version", models.PositiveIntegerField(default=1)),
                        ("reschedules", models.PositiveSmallIntegerField(default=0)),
                        (
                            "overridden",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "override_reason",
                            models.CharField(blank=True, max_length=500),
                        ),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        ("cancel_reason", models.CharField(blank=True, max_length=500)),
                        ("note", models.CharField(blank=True, max_length=2000)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "office",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="locations.office",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.appointment",
                            ),
                        ),
                        (
                            "room",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="locations.room",
                            ),
                        ),
                        (
                            "session_type",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.sessiontype",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                        ("occurs_on", models.DateField(blank=True, null=True)),
                        (
                            "series",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.appointmentseries",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Attendance",
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
                            "status",
                            models.CharField(
                                choices=[
                                    ("expected", "Expected"),
                                    ("attended", "Attended"),
                                    ("cancelled", "Cancelled"),
                                    ("late_cancelled", "Cancelled late"),
                                    ("no_show", "No-show"),
                                ],
                                default="expected",
                                max_length=14,
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("occupies", models.BooleanField()),
                        (
                            "appointment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attendances",
                                to="scheduling.appointment",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attendances",
                                to="clients.client",
                            ),
                        ),
                        ("cancel_reason", models.CharField(blank=True, max_length=500)),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "fee",
                            models.CharField(
                                choices=[
                                    ("none", "None"),
                                    ("due", "Due"),
                                    ("waived", "Waived"),
                                    ("free", "Free"),
                                ],
                                default="none",
                                max_length=6,
                            ),
                        ),
                        ("fee_decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "fee_decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("fee_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["client", "starts_at"],
                                name="attendance_by_client",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("appointment", "client"), name="attendance_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "expected",
                                            "attended",
                                            "cancelled",
                                            "late_cancelled",
                                            "no_show",
                                        ],
                                    )
                                ),
                                name="attendance_status",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(
                                    ("occupies", True),
                                    ("status__in", ("expected", "attended")),
                                ),
                                expressions=[
                                    ("client", "="),
                                    (
                                        models.Func(
                                            "starts_at",
                                            "ends_at",
                                            django.contrib.postgres.fields.ranges.RangeBoundary(),
                                            function="TSTZRANGE",
                                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                                        ),
                                        "&&",
                                    ),
                                ],
                                name="attendance_client_free",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("fee", "none"),
                                    models.Q(
                                        ("fee", "due"),
                                        ("status__in", ("late_cancelled", "no_show")),
                                    ),
                                    models.Q(
                                        ("fee", "waived"),
                                        models.Q(
                                            ("status__in", ("expected", "attended")),
                                            _negated=True,
                                        ),
                                    ),
                                    ("fee", "free"),
                                    _connector="OR",
                                ),
                                name="attendance_fee_when_missed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("fee__in", ("waived", "free")), _negated=True
                                    ),
                                    models.Q(
                                        models.Q(("fee_reason", ""), _negated=True),
                                        ("fee_decided_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="attendance_fee_waived_for_a_reason",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("fee", "free"),
                                    ("status__in", ("expected", "attended")),
                                ),
                                fields=("client",),
                                name="attendance_free_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AttendanceEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("expected", "Expected"),
                                    ("attended", "Attended"),
                                    ("cancelled", "Cancelled"),
                                    ("late_cancelled", "Cancelled late"),
                                    ("no_show", "No-show"),
                                ],
                                default="expected",
                                max_length=14,
                            ),
                        ),
                        (
                            "appointment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.appointment",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.attendance",
                            ),
                        ),
                        ("cancel_reason", models.CharField(blank=True, max_length=500)),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "fee",
                            models.CharField(
                                choices=[
                                    ("none", "None"),
                                    ("due", "Due"),
                                    ("waived", "Waived"),
                                    ("free", "Free"),
                                ],
                                default="none",
                                max_length=6,
                            ),
                        ),
                        ("fee_decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "fee_decided_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("fee_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="AvailabilityOverride",
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
                        ("date", models.DateField()),
                        ("start_minute", models.PositiveSmallIntegerField()),
                        ("end_minute", models.PositiveSmallIntegerField()),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("in_person", "In person"),
                                    ("telehealth", "By video"),
                                    ("both", "In person or by video"),
                                ],
                                default="both",
                                max_length=10,
                            ),
                        ),
                        (
                            "office",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="locations.office",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="availability_overrides",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["date"], name="availability_override_by_date"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("end_minute__gt", models.F("start_minute")),
                                    ("end_minute__lte", 1440),
                                ),
                                name="availability_override_within_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("mode__in", ["in_person", "telehealth", "both"])
                                ),
                                name="availability_override_mode",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("office__isnull", False),
                                    ("mode", "telehealth"),
                                    _connector="OR",
                                ),
                                name="availability_override_in_person_at_an_office",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AvailabilityOverrideEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        ("date", models.DateField()),
                        ("start_minute", models.PositiveSmallIntegerField()),
                        ("end_minute", models.PositiveSmallIntegerField()),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("in_person", "In person"),
                                    ("telehealth", "By video"),
                                    ("both", "In person or by video"),
                                ],
                                default="both",
                                max_length=10,
                            ),
                        ),
                        (
                            "office",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="locations.office",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.availabilityoverride",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="AvailabilityRule",
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
                        ("weekday", models.PositiveSmallIntegerField()),
                        ("start_minute", models.PositiveSmallIntegerField()),
                        ("end_minute", models.PositiveSmallIntegerField()),
                        ("valid_from", models.DateField()),
                        ("valid_until", models.DateField(blank=True, null=True)),
                        ("every_weeks", models.PositiveSmallIntegerField(default=1)),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("in_person", "In person"),
                                    ("telehealth", "By video"),
                                    ("both", "In person or by video"),
                                ],
                                default="both",
                                max_length=10,
                            ),
                        ),
                        (
                            "office",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="locations.office",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="availability_rules",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("end_minute__gt", models.F("start_minute")),
                                    ("end_minute__lte", 1440),
                                ),
                                name="availability_rule_within_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("mode__in", ["in_person", "telehealth", "both"])
                                ),
                                name="availability_rule_mode",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("office__isnull", False),
                                    ("mode", "telehealth"),
                                    _connector="OR",
                                ),
                                name="availability_rule_in_person_at_an_office",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("weekday__lte", 6)),
                                name="availability_rule_weekday",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("every_weeks__gte", 1), ("every_weeks__lte", 8)
                                ),
                                name="availability_rule_every_weeks",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_until__isnull", True),
                                    ("valid_until__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="availability_rule_valid_until_after_from",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AvailabilityRuleEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        ("weekday", models.PositiveSmallIntegerField()),
                        ("start_minute", models.PositiveSmallIntegerField()),
                        ("end_minute", models.PositiveSmallIntegerField()),
                        ("valid_from", models.DateField()),
                        ("valid_until", models.DateField(blank=True, null=True)),
                        ("every_weeks", models.PositiveSmallIntegerField(default=1)),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("in_person", "In person"),
                                    ("telehealth", "By video"),
                                    ("both", "In person or by video"),
                                ],
                                default="both",
                                max_length=10,
                            ),
                        ),
                        (
                            "office",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="locations.office",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.availabilityrule",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Message",
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
                        ("facts_version", models.PositiveIntegerField()),
                        ("facts_digest", models.CharField(max_length=16)),
                        (
                            "kind",
                            models.CharField(
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
                        (
                            "channel",
                            models.CharField(
                                choices=[("sms", "Text message"), ("email", "E-mail")],
                                max_length=5,
                            ),
                        ),
                        (
                            "before_start_minutes",
                            models.PositiveIntegerField(default=0),
                        ),
                        ("recipient", models.UUIDField()),
                        ("due_at", models.DateTimeField()),
                        ("not_after", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pending", "Pending"),
                                    ("sending", "Being sent"),
                                    ("sent", "Sent"),
                                    ("delivered", "Delivered"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                    ("expired", "Expired"),
                                    ("unknown", "Unknown"),
                                ],
                                default="pending",
                                max_length=9,
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        (
                            "next_attempt_at",
                            models.DateTimeField(blank=True, null=True),
                        ),
                        (
                            "dispatched_until",
                            models.DateTimeField(blank=True, null=True),
                        ),
                        ("lease_token", models.UUIDField(blank=True, null=True)),
                        ("lease_until", models.DateTimeField(blank=True, null=True)),
                        (
                            "provider_key",
                            models.UUIDField(default=uuid.uuid4, unique=True),
                        ),
                        (
                            "provider_message_id",
                            models.CharField(blank=True, max_length=200),
                        ),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.CharField(blank=True, max_length=50)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "appointment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="messages",
                                to="scheduling.appointment",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="messages",
                                to="clients.client",
                            ),
                        ),
                        (
                            "guardian",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="messages",
                                to="clients.guardian",
                            ),
                        ),
                        ("for_series", models.BooleanField(default=False)),
                        ("first_tried_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "pending")),
                                fields=["due_at"],
                                name="message_due",
                            ),
                            models.Index(
                                condition=models.Q(("state", "sending")),
                                fields=["lease_until"],
                                name="message_leased",
                            ),
                            models.Index(
                                fields=["due_at", "id"], name="message_by_due_at"
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("state__in", ("failed", "unknown"))
                                ),
                                fields=["not_after"],
                                name="message_stuck",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("state__in", ("failed", "unknown", "expired"))
                                ),
                                fields=["state", "due_at", "id"],
                                name="message_unsent",
                            ),
                            models.Index(
                                condition=models.Q(("kind", "correction")),
                                fields=["due_at", "id"],
                                name="message_corrections",
                            ),
                            models.Index(
                                condition=models.Q(("sent_at__isnull", False)),
                                fields=["sent_at"],
                                name="message_by_sent_at",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=(
                                    "appointment",
                                    "facts_version",
                                    "recipient",
                                    "kind",
                                    "before_start_minutes",
                                    "channel",
                                ),
                                name="message_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "pending",
                                            "sending",
                                            "sent",
                                            "delivered",
                                            "failed",
                                            "cancelled",
                                            "expired",
                                            "unknown",
                                        ],
                                    )
                                ),
                                name="message_state",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("channel__in", ["sms", "email"])),
                                name="message_channel",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("guardian__isnull", True),
                                        ("recipient", models.F("client_id")),
                                    ),
                                    ("recipient", models.F("guardian_id")),
                                    _connector="OR",
                                ),
                                name="message_recipient",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("lease_token__isnull", False),
                                        ("lease_until__isnull", False),
                                        ("state", "sending"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "sending"), _negated=True),
                                        ("lease_token__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="message_lease_while_sending",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["sent", "delivered"]),
                                        _negated=True,
                                    ),
                                    ("sent_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="message_sent_at",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("attempts__lte", 8)),
                                name="message_attempts",
                            ),
                            models.CheckConstraint(
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
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MessageEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        ("facts_version", models.PositiveIntegerField()),
                        ("facts_digest", models.CharField(max_length=16)),
                        (
                            "kind",
                            models.CharField(
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
                        (
                            "channel",
                            models.CharField(
                                choices=[("sms", "Text message"), ("email", "E-mail")],
                                max_length=5,
                            ),
                        ),
                        (
                            "before_start_minutes",
                            models.PositiveIntegerField(default=0),
                        ),
                        ("recipient", models.UUIDField()),
                        ("due_at", models.DateTimeField()),
                        ("not_after", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pending", "Pending"),
                                    ("sending", "Being sent"),
                                    ("sent", "Sent"),
                                    ("delivered", "Delivered"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                    ("expired", "Expired"),
                                    ("unknown", "Unknown"),
                                ],
                                default="pending",
                                max_length=9,
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        (
                            "next_attempt_at",
                            models.DateTimeField(blank=True, null=True),
                        ),
                        (
                            "dispatched_until",
                            models.DateTimeField(blank=True, null=True),
                        ),
                        ("lease_token", models.UUIDField(blank=True, null=True)),
                        ("lease_until", models.DateTimeField(blank=True, null=True)),
                        ("provider_key", models.UUIDField(default=uuid.uuid4)),
                        (
                            "provider_message_id",
                            models.CharField(blank=True, max_length=200),
                        ),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.CharField(blank=True, max_length=50)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "appointment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.appointment",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "guardian",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.guardian",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.message",
                            ),
                        ),
                        ("for_series", models.BooleanField(default=False)),
                        ("first_tried_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Modality",
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
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("name", models.CharField(max_length=100)),
                        ("abbreviation", models.CharField(blank=True, max_length=10)),
                        ("summary", models.CharField(blank=True, max_length=300)),
                        ("description", models.TextField(blank=True)),
                        (
                            "goals",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=100),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "age_groups",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("child", "Child (under 13)"),
                                        ("adolescent", "Adolescent (13 to 17)"),
                                        ("adult", "Adult (18 to 64)"),
                                        ("older_adult", "Older adult (65 and over)"),
                                    ],
                                    max_length=11,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "concerns",
                            models.ManyToManyField(
                                blank=True,
                                related_name="modalities",
                                to="clients.presentingconcern",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "modalities",
                    },
                ),
                migrations.CreateModel(
                    name="ModalityConcernEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "modality",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.modality",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "presentingconcern",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.presentingconcern",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="ModalityEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        ("slug", models.SlugField(db_index=False, max_length=60)),
                        ("name", models.CharField(max_length=100)),
                        ("abbreviation", models.CharField(blank=True, max_length=10)),
                        ("summary", models.CharField(blank=True, max_length=300)),
                        ("description", models.TextField(blank=True)),
                        (
                            "goals",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=100),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "age_groups",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("child", "Child (under 13)"),
                                        ("adolescent", "Adolescent (13 to 17)"),
                                        ("adult", "Adult (18 to 64)"),
                                        ("older_adult", "Older adult (65 and over)"),
                                    ],
                                    max_length=11,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.modality",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="PracticePolicy",
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
                            "singleton",
                            models.BooleanField(
                                default=True, editable=False, unique=True
                            ),
                        ),
                        ("name", models.CharField(max_length=100)),
                        (
                            "sender_label",
                            models.CharField(default="Your appointment", max_length=30),
                        ),
                        ("callback_phone", models.CharField(blank=True, max_length=20)),
                        (
                            "minimum_notice_hours",
                            models.PositiveSmallIntegerField(default=12),
                        ),
                        (
                            "booking_horizon_days",
                            models.PositiveSmallIntegerField(default=120),
                        ),
                        (
                            "late_cancel_hours",
                            models.PositiveSmallIntegerField(default=24),
                        ),
                        (
                            "no_show_grace_minutes",
                            models.PositiveSmallIntegerField(default=15),
                        ),
                        (
                            "hold_minutes",
                            models.PositiveSmallIntegerField(
                                default=5,
                                validators=[
                                    django.core.validators.MinValueValidator(1)
                                ],
                            ),
                        ),
                        (
                            "default_travel_minutes",
                            models.PositiveSmallIntegerField(default=30),
                        ),
                        (
                            "booked_notice_delay_minutes",
                            models.PositiveSmallIntegerField(default=3),
                        ),
                        (
                            "quiet_from_minute",
                            models.PositiveSmallIntegerField(default=1200),
                        ),
                        (
                            "quiet_until_minute",
                            models.PositiveSmallIntegerField(default=480),
                        ),
                        (
                            "break_minutes",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        ("holds_per_user", models.PositiveSmallIntegerField(default=3)),
                        (
                            "sessions_in_a_row",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "sessions_per_day",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "sessions_per_week",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "sms_per_day",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "sms_per_week",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "offer_minutes",
                            models.PositiveSmallIntegerField(
                                db_default=120, default=120
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "practice policies",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("singleton", True)),
                                name="practice_policy_only_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("booking_horizon_days__gte", 1),
                                    ("booking_horizon_days__lte", 365),
                                ),
                                name="practice_policy_horizon",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hold_minutes__gte", 1), ("hold_minutes__lte", 60)
                                ),
                                name="practice_policy_hold_minutes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("quiet_from_minute__lt", 1440),
                                    (
                                        "quiet_until_minute__lte",
                                        models.F("quiet_from_minute"),
                                    ),
                                ),
                                name="practice_policy_quiet_over_midnight",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("holds_per_user__gte", 1),
                                    ("holds_per_user__lte", 20),
                                ),
                                name="practice_policy_holds_per_user",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sessions_per_day__gte", 1),
                                    ("sessions_per_day__lte", 50),
                                ),
                                name="practice_policy_sessions_per_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sessions_per_week__gte", 1),
                                    ("sessions_per_week__lte", 350),
                                ),
                                name="practice_policy_sessions_per_week",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("break_minutes__isnull", True),
                                        ("sessions_in_a_row__isnull", True),
                                    ),
                                    models.Q(
                                        ("break_minutes__isnull", False),
                                        ("sessions_in_a_row__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="practice_policy_break_after_sessions",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sessions_in_a_row__gte", 1),
                                    ("sessions_in_a_row__lte", 20),
                                ),
                                name="practice_policy_sessions_in_a_row",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("break_minutes__gte", 5),
                                    ("break_minutes__lte", 240),
                                ),
                                name="practice_policy_break_minutes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "sender_label__iregex",
                                        "therap|terap|psych|psic|psiqu|sic[oó]log|sicoter|counsel|consejer|clinic|cl[ií]nic|patient|pacient|session|sesi[oó]n|diagn[oó]s|depress|depresi|anxi|ansied|trauma|suicid|addict|adicci|(^|[^a-z])(mental|rehab|grief|duelo|ph[.]?d|psy[.]?d|lmft|mft|lcsw|csw|lpcc|amft|asw|apcc|emdr|cbt|dbt|ipt|eft)([^a-z]|$)",
                                    ),
                                    _negated=True,
                                ),
                                name="practice_policy_label_tells_nothing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sms_per_day__gte", 1), ("sms_per_day__lte", 50)
                                ),
                                name="practice_policy_sms_per_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sms_per_week__gte", 1), ("sms_per_week__lte", 350)
                                ),
                                name="practice_policy_sms_per_week",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("offer_minutes__gte", 15),
                                    ("offer_minutes__lte", 1440),
                                ),
                                name="practice_policy_offer_minutes",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ModalityConcern",
                    fields=[],
                    options={
                        "proxy": True,
                    },
                    bases=("scheduling.modality_concerns",),
                ),
                migrations.CreateModel(
                    name="TherapistConcern",
                    fields=[],
                    options={
                        "proxy": True,
                    },
                    bases=("scheduling.therapist_concerns",),
                ),
                migrations.CreateModel(
                    name="TherapistModality",
                    fields=[],
                    options={
                        "proxy": True,
                    },
                    bases=("scheduling.therapist_modalities",),
                ),
                migrations.CreateModel(
                    name="TherapistOffice",
                    fields=[],
                    options={
                        "proxy": True,
                    },
                    bases=("scheduling.therapist_offices",),
                ),
                migrations.CreateModel(
                    name="TherapistSessionType",
                    fields=[],
                    options={
                        "proxy": True,
                    },
                    bases=("scheduling.therapist_session_types",),
                ),
                migrations.CreateModel(
                    name="AppointmentSeries",
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
                            "mode",
                            models.CharField(
                                choices=[
                                    ("in_person", "In person"),
                                    ("telehealth", "By video"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("weekday", models.PositiveSmallIntegerField()),
                        ("start_minute", models.PositiveSmallIntegerField()),
                        ("every_weeks", models.PositiveSmallIntegerField()),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "office",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="locations.office",
                            ),
                        ),
                        (
                            "session_type",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="scheduling.sessiontype",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="series",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "appointment series",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("every_weeks__gte", 1), ("every_weeks__lte", 26)
                                ),
                                name="appointment_series_every_weeks",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("start_minute__lt", 1440), ("weekday__lte", 6)
                                ),
                                name="appointment_series_standing_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("mode", "telehealth"),
                                    ("office__isnull", False),
                                    _connector="OR",
                                ),
                                name="appointment_series_in_person_at_an_office",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AppointmentSeriesEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("in_person", "In person"),
                                    ("telehealth", "By video"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("weekday", models.PositiveSmallIntegerField()),
                        ("start_minute", models.PositiveSmallIntegerField()),
                        ("every_weeks", models.PositiveSmallIntegerField()),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "office",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="locations.office",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.appointmentseries",
                            ),
                        ),
                        (
                            "session_type",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.sessiontype",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="PolicyOverride",
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
                            "sessions_per_day",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "sessions_per_week",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "sessions_in_a_row",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "break_minutes",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "minimum_notice_hours",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "booking_horizon_days",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "buffer_before_minutes",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "buffer_after_minutes",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "late_cancel_hours",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "no_show_grace_minutes",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "session_type",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="policy_override",
                                to="scheduling.sessiontype",
                            ),
                        ),
                        (
                            "therapist",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="policy_override",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("session_type__isnull", False),
                                        ("therapist__isnull", True),
                                    ),
                                    models.Q(
                                        ("session_type__isnull", True),
                                        ("therapist__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="policy_override_of_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("booking_horizon_days__gte", 1),
                                    ("booking_horizon_days__lte", 365),
                                ),
                                name="policy_override_horizon",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("therapist__isnull", False),
                                    models.Q(
                                        ("buffer_after_minutes__isnull", True),
                                        ("buffer_before_minutes__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="policy_override_buffers_of_therapist",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("buffer_before_minutes__lte", 120)),
                                name="policy_override_buffer_before",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("buffer_after_minutes__lte", 120)),
                                name="policy_override_buffer_after",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sessions_per_day__gte", 1),
                                    ("sessions_per_day__lte", 50),
                                ),
                                name="policy_override_sessions_per_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sessions_per_week__gte", 1),
                                    ("sessions_per_week__lte", 350),
                                ),
                                name="policy_override_sessions_per_week",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("break_minutes__isnull", True),
                                        ("sessions_in_a_row__isnull", True),
                                    ),
                                    models.Q(
                                        ("break_minutes__isnull", False),
                                        ("sessions_in_a_row__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="policy_override_break_after_sessions",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sessions_in_a_row__gte", 1),
                                    ("sessions_in_a_row__lte", 20),
                                ),
                                name="policy_override_sessions_in_a_row",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("break_minutes__gte", 5),
                                    ("break_minutes__lte", 240),
                                ),
                                name="policy_override_break_minutes",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyOverrideEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        (
                            "sessions_per_day",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "sessions_per_week",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "sessions_in_a_row",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "break_minutes",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "minimum_notice_hours",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "booking_horizon_days",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "buffer_before_minutes",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "buffer_after_minutes",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "late_cancel_hours",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "no_show_grace_minutes",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.policyoverride",
                            ),
                        ),
                        (
                            "session_type",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.sessiontype",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Answer",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("confirm", "Will come"),
                                    ("cancel", "Calls off"),
                                    ("call", "Asks to be called"),
                                    ("words", "Says something else"),
                                ],
                                max_length=7,
                            ),
                        ),
                        (
                            "via",
                            models.CharField(
                                choices=[
                                    ("link", "By the link of a message"),
                                    ("sms", "By text message"),
                                ],
                                max_length=4,
                            ),
                        ),
                        ("facts_version", models.PositiveIntegerField(null=True)),
                        ("phone", models.CharField(blank=True, max_length=20)),
                        ("words", models.CharField(blank=True, max_length=1600)),
                        ("at", models.DateTimeField()),
                        ("resolved_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "appointment",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="scheduling.appointment",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="clients.client",
                            ),
                        ),
                        (
                            "guardian",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="clients.guardian",
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="scheduling.message",
                            ),
                        ),
                        (
                            "resolved_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("kind__in", ("call", "words")),
                                    ("resolved_at__isnull", True),
                                ),
                                fields=["at", "id"],
                                name="answer_unresolved",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["confirm", "cancel", "call", "words"])
                                ),
                                name="answer_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("via__in", ["link", "sms"])),
                                name="answer_via",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ("call", "words")),
                                    models.Q(
                                        ("appointment__isnull", False),
                                        ("client__isnull", False),
                                        ("facts_version__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="answer_about_somebodys_part",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("resolved_at__isnull", True),
                                        ("resolved_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("kind__in", ("call", "words")),
                                        ("resolved_at__isnull", False),
                                        ("resolved_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="answer_resolved_by_somebody",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "confirm")),
                                fields=("appointment", "client", "facts_version"),
                                name="answer_confirms_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("kind", "call"), ("resolved_at__isnull", True)
                                ),
                                fields=("message",),
                                name="answer_asks_for_one_call",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AnswerEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("confirm", "Will come"),
                                    ("cancel", "Calls off"),
                                    ("call", "Asks to be called"),
                                    ("words", "Says something else"),
                                ],
                                max_length=7,
                            ),
                        ),
                        (
                            "via",
                            models.CharField(
                                choices=[
                                    ("link", "By the link of a message"),
                                    ("sms", "By text message"),
                                ],
                                max_length=4,
                            ),
                        ),
                        ("facts_version", models.PositiveIntegerField(null=True)),
                        ("at", models.DateTimeField()),
                        ("resolved_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "appointment",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.appointment",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "guardian",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.guardian",
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.message",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.answer",
                            ),
                        ),
                        (
                            "resolved_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="ProviderEvent",
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
                        ("provider", models.CharField(max_length=10)),
                        ("event_id", models.CharField(max_length=100)),
                        ("at", models.DateTimeField(auto_now_add=True)),
                        ("provider_key", models.UUIDField(null=True)),
                        (
                            "provider_message_id",
                            models.CharField(blank=True, max_length=64),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("delivered", "Delivered"),
                                    ("failed", "Failed"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("code", models.CharField(blank=True, max_length=50)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("provider_key__isnull", False)),
                                fields=["provider_key"],
                                name="provider_event_by_key",
                            ),
                            models.Index(fields=["at"], name="provider_event_by_at"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("provider", "event_id"),
                                name="provider_event_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MessageResolution",
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
                            "decision",
                            models.CharField(
                                choices=[
                                    ("told_otherwise", "They were told another way"),
                                    ("not_needed", "They need not be told"),
                                    ("arrived", "It arrived after all"),
                                ],
                                max_length=14,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=500)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "message",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="resolution",
                                to="scheduling.message",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "decision__in",
                                        ["told_otherwise", "not_needed", "arrived"],
                                    )
                                ),
                                name="message_resolution_decision",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MessageResolutionEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        (
                            "decision",
                            models.CharField(
                                choices=[
                                    ("told_otherwise", "They were told another way"),
                                    ("not_needed", "They need not be told"),
                                    ("arrived", "It arrived after all"),
                                ],
                                max_length=14,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=500)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.message",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.messageresolution",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="PlanChange",
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
                        ("session_type_id", models.UUIDField(null=True)),
                        (
                            "since",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("therapist_id", models.UUIDField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="ReminderPlan",
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
                            "notices_by",
                            models.CharField(
                                choices=[("sms", "Text message"), ("email", "E-mail")],
                                default="email",
                                max_length=5,
                            ),
                        ),
                        ("tells_booked", models.BooleanField(default=True)),
                        ("tells_moved", models.BooleanField(default=True)),
                        ("tells_cancelled", models.BooleanField(default=True)),
                        (
                            "client",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reminder_plans",
                                to="clients.client",
                            ),
                        ),
                        (
                            "session_type",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reminder_plans",
                                to="scheduling.sessiontype",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("session_type__isnull", True),
                                    ("client__isnull", True),
                                    _connector="OR",
                                ),
                                name="reminder_plan_of_one",
                            ),
                            models.UniqueConstraint(
                                fields=("session_type", "client"),
                                name="reminder_plan_once",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("notices_by__in", ["sms", "email"])
                                ),
                                name="reminder_plan_notices_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReminderPlanEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        (
                            "notices_by",
                            models.CharField(
                                choices=[("sms", "Text message"), ("email", "E-mail")],
                                default="email",
                                max_length=5,
                            ),
                        ),
                        ("tells_booked", models.BooleanField(default=True)),
                        ("tells_moved", models.BooleanField(default=True)),
                        ("tells_cancelled", models.BooleanField(default=True)),
                        (
                            "client",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.reminderplan",
                            ),
                        ),
                        (
                            "session_type",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.sessiontype",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Replanning",
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
                        (
                            "not_before",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        (
                            "appointment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="scheduling.appointment",
                            ),
                        ),
                        (
                            "since",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["not_before", "id"], name="replanning_in_turn"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CalendarLink",
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
                            "label",
                            models.CharField(
                                choices=[
                                    ("id", "The client's id"),
                                    ("initials", "Initials"),
                                    ("first_name", "First name"),
                                ],
                                default="id",
                                max_length=10,
                            ),
                        ),
                        ("digest", models.BinaryField(max_length=32, unique=True)),
                        ("issued_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "issued_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "office",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="locations.office",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="calendar_links",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("office__isnull", True),
                                        ("therapist__isnull", False),
                                    ),
                                    models.Q(
                                        ("office__isnull", False),
                                        ("therapist__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="calendar_link_of_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("label__in", ["id", "initials", "first_name"])
                                ),
                                name="calendar_link_label",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CalendarLinkEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        (
                            "label",
                            models.CharField(
                                choices=[
                                    ("id", "The client's id"),
                                    ("initials", "Initials"),
                                    ("first_name", "First name"),
                                ],
                                default="id",
                                max_length=10,
                            ),
                        ),
                        ("issued_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "issued_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "office",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="locations.office",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.calendarlink",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Intake",
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
                            "status",
                            models.CharField(
                                choices=[
                                    ("new", "New"),
                                    ("registered", "Registered"),
                                    ("closed", "Closed"),
                                ],
                                default="new",
                                max_length=10,
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("website", "Website"),
                                    ("front_desk", "Front desk"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "for_whom",
                            models.CharField(
                                choices=[
                                    ("self", "Somebody for themselves"),
                                    ("minor", "A minor, with a guardian"),
                                    ("couple", "A couple"),
                                    ("family", "A family"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("state", models.CharField(default="CA", max_length=2)),
                        ("language", models.CharField(default="en", max_length=2)),
                        (
                            "languages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "genders",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("woman", "Woman"),
                                        ("man", "Man"),
                                        ("non_binary", "Non-binary"),
                                    ],
                                    max_length=10,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("by_video", models.BooleanField(default=False)),
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
                        (
                            "start_within_days",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "musts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=14),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("wants_sms", models.BooleanField(default=True)),
                        ("wants_email", models.BooleanField(default=True)),
                        (
                            "telehealth_consent_on",
                            models.DateField(blank=True, null=True),
                        ),
                        (
                            "consent_basis",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("guardian", "A guardian"),
                                    ("self_12plus", "The minor, from twelve on"),
                                ],
                                max_length=11,
                            ),
                        ),
                        (
                            "closed_because",
                            models.CharField(blank=True, max_length=200),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "main_concern",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.presentingconcern",
                            ),
                        ),
                        (
                            "modalities",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="scheduling.modality"
                            ),
                        ),
                        (
                            "offices",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="locations.office"
                            ),
                        ),
                        (
                            "other_concerns",
                            models.ManyToManyField(
                                blank=True,
                                related_name="+",
                                to="clients.presentingconcern",
                            ),
                        ),
                        (
                            "settled_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "changed_at",
                            models.DateTimeField(default=django.utils.timezone.now),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["status", "-created_at", "-id"],
                                name="intake_by_status",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["new", "registered", "closed"])
                                ),
                                name="intake_status",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "for_whom__in",
                                        ["self", "minor", "couple", "family"],
                                    )
                                ),
                                name="intake_for_whom",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("created_by__isnull", False),
                                        ("source", "front_desk"),
                                    ),
                                    models.Q(
                                        ("created_by__isnull", True),
                                        ("source", "website"),
                                    ),
                                    _connector="OR",
                                ),
                                name="intake_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("settled_at__isnull", True), ("status", "new")
                                    ),
                                    models.Q(
                                        models.Q(("status", "new"), _negated=True),
                                        ("settled_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="intake_settled",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status", "closed"),
                                    ("closed_because", ""),
                                    _connector="XOR",
                                ),
                                name="intake_closed_because",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("time_from__lt", models.F("time_to")),
                                    ("time_to__lte", 1440),
                                ),
                                name="intake_hours",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weekdays__contained_by", [0, 1, 2, 3, 4, 5, 6])
                                ),
                                name="intake_weekdays",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("start_within_days__lte", 365)),
                                name="intake_start_within",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "musts__contained_by",
                                        [
                                            scheduling.engine.scoring.Criterion[
                                                "CONCERN"
                                            ],
                                            scheduling.engine.scoring.Criterion[
                                                "GENDER"
                                            ],
                                            scheduling.engine.scoring.Criterion[
                                                "HOURS"
                                            ],
                                            scheduling.engine.scoring.Criterion[
                                                "LANGUAGE"
                                            ],
                                            scheduling.engine.scoring.Criterion[
                                                "MODALITY"
                                            ],
                                            scheduling.engine.scoring.Criterion[
                                                "PLACE"
                                            ],
                                        ],
                                    )
                                ),
                                name="intake_musts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "genders__contained_by",
                                        ["woman", "man", "non_binary"],
                                    )
                                ),
                                name="intake_genders",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IntakeEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("new", "New"),
                                    ("registered", "Registered"),
                                    ("closed", "Closed"),
                                ],
                                default="new",
                                max_length=10,
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("website", "Website"),
                                    ("front_desk", "Front desk"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "for_whom",
                            models.CharField(
                                choices=[
                                    ("self", "Somebody for themselves"),
                                    ("minor", "A minor, with a guardian"),
                                    ("couple", "A couple"),
                                    ("family", "A family"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("state", models.CharField(default="CA", max_length=2)),
                        ("language", models.CharField(default="en", max_length=2)),
                        (
                            "languages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=2),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "genders",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("woman", "Woman"),
                                        ("man", "Man"),
                                        ("non_binary", "Non-binary"),
                                    ],
                                    max_length=10,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("by_video", models.BooleanField(default=False)),
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
                        (
                            "start_within_days",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        (
                            "musts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=14),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("wants_sms", models.BooleanField(default=True)),
                        ("wants_email", models.BooleanField(default=True)),
                        (
                            "telehealth_consent_on",
                            models.DateField(blank=True, null=True),
                        ),
                        (
                            "consent_basis",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("guardian", "A guardian"),
                                    ("self_12plus", "The minor, from twelve on"),
                                ],
                                max_length=11,
                            ),
                        ),
                        (
                            "closed_because",
                            models.CharField(blank=True, max_length=200),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "main_concern",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.presentingconcern",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.intake",
                            ),
                        ),
                        (
                            "settled_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "changed_at",
                            models.DateTimeField(default=django.utils.timezone.now),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="IntakePerson",
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
                            "role",
                            models.CharField(
                                choices=[
                                    ("client", "Who it is for"),
                                    ("guardian", "Who answers for a minor"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("first_name", models.CharField(max_length=100)),
                        ("last_name", models.CharField(max_length=100)),
                        (
                            "preferred_name",
                            models.CharField(blank=True, max_length=100),
                        ),
                        ("pronouns", models.CharField(blank=True, max_length=50)),
                        ("relationship", models.CharField(blank=True, max_length=50)),
                        ("born_on", models.DateField(blank=True, null=True)),
                        (
                            "age",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        (
                            "phone",
                            phonenumber_field.modelfields.PhoneNumberField(
                                blank=True, max_length=128, region=None
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="intake_people",
                                to="clients.client",
                            ),
                        ),
                        (
                            "intake",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="people",
                                to="scheduling.intake",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("first_name", ""), _negated=True),
                                    models.Q(("last_name", ""), _negated=True),
                                ),
                                name="intake_person_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("role", "guardian"),
                                    ("born_on__isnull", False),
                                    ("age__isnull", False),
                                    _connector="OR",
                                ),
                                name="intake_person_aged",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("born_on__gte", datetime.date(1900, 1, 1))
                                ),
                                name="intake_person_born_since_1900",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("age__lte", 126)),
                                name="intake_person_age",
                            ),
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable[
                                    "DEFERRED"
                                ],
                                fields=("intake", "position"),
                                name="intake_person_position",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IntakePersonEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("client", "Who it is for"),
                                    ("guardian", "Who answers for a minor"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("first_name", models.CharField(max_length=100)),
                        ("last_name", models.CharField(max_length=100)),
                        (
                            "preferred_name",
                            models.CharField(blank=True, max_length=100),
                        ),
                        ("pronouns", models.CharField(blank=True, max_length=50)),
                        ("relationship", models.CharField(blank=True, max_length=50)),
                        ("born_on", models.DateField(blank=True, null=True)),
                        (
                            "age",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        (
                            "phone",
                            phonenumber_field.modelfields.PhoneNumberField(
                                blank=True, max_length=128, region=None
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "intake",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.intake",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.intakeperson",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="IntakeWords",
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
                        ("text", models.TextField(max_length=4000)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "intake",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="words",
                                to="scheduling.intake",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "intake words",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True),
                                name="intake_words_said",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Match",
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
                        ("facts", models.JSONField()),
                        ("ranked", models.JSONField()),
                        ("excluded", models.JSONField()),
                        ("created_at", models.DateTimeField()),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "intake",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="matches",
                                to="scheduling.intake",
                            ),
                        ),
                        (
                            "weights",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="matches",
                                to="scheduling.matchweights",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "matches",
                        "indexes": [
                            models.Index(
                                fields=["-created_at", "-id"], name="match_newest"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MatchWeights",
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
                        ("version", models.PositiveIntegerField(unique=True)),
                        ("points", models.JSONField()),
                        (
                            "leading",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.SlugField(max_length=60),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("supporting", models.PositiveSmallIntegerField(default=60)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "match weights",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("version__gte", 1)),
                                name="match_weights_version",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("supporting__lte", 100)),
                                name="match_weights_supporting",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MatchEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        ("facts", models.JSONField()),
                        ("ranked", models.JSONField()),
                        ("excluded", models.JSONField()),
                        ("created_at", models.DateTimeField()),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "intake",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.intake",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.match",
                            ),
                        ),
                        (
                            "weights",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.matchweights",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="WorkerHeartbeat",
                    fields=[
                        (
                            "name",
                            models.CharField(
                                max_length=255, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("called_at", models.DateTimeField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="Guarantee",
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
                                    ("intake", "Registered"),
                                    ("matched", "Matched"),
                                    ("trial_booked", "First session booked"),
                                    ("trial_attended", "First session attended"),
                                    ("continues", "Continues"),
                                    ("rematch_asked", "Wants another therapist"),
                                    ("refund_asked", "Wants the money back"),
                                    ("refunded", "Refunded"),
                                    ("declined", "Refund declined"),
                                ],
                                default="intake",
                                max_length=14,
                            ),
                        ),
                        ("credit_until", models.DateField(blank=True, null=True)),
                        (
                            "refund_cents",
                            models.PositiveIntegerField(blank=True, null=True),
                        ),
                        ("currency", models.CharField(default="USD", max_length=3)),
                        (
                            "settled_because",
                            models.CharField(blank=True, max_length=500),
                        ),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        (
                            "client",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="guarantees",
                                to="clients.client",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "intake",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="guarantees",
                                to="scheduling.intake",
                            ),
                        ),
                        (
                            "settled_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "current",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="scheduling.guaranteeround",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["-created_at", "-id"], name="guarantee_newest"
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("state__in", ("rematch_asked", "refund_asked"))
                                ),
                                fields=["state"],
                                name="guarantee_asked",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("client",), name="guarantee_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        (
                                            "intake",
                                            "matched",
                                            "continues",
                                            "rematch_asked",
                                            "refund_asked",
                                            "refunded",
                                            "declined",
                                        ),
                                    )
                                ),
                                name="guarantee_state",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("current__isnull", True), ("state", "intake")
                                    ),
                                    models.Q(
                                        models.Q(("state", "intake"), _negated=True),
                                        ("current__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="guarantee_matched",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("settled_at__isnull", False),
                                        ("state__in", ("refunded", "declined")),
                                        models.Q(
                                            ("settled_because", ""), _negated=True
                                        ),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state__in", ("refunded", "declined")),
                                            _negated=True,
                                        ),
                                        ("settled_at__isnull", True),
                                        ("settled_because", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="guarantee_settled_for_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("refund_cents__gte", 1),
                                        ("refund_cents__isnull", False),
                                        ("refund_cents__lte", 1000000),
                                        ("state", "refunded"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "refunded"), _negated=True),
                                        ("refund_cents__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="guarantee_refund",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("currency", "USD")),
                                name="guarantee_currency",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "rematch_asked"), _negated=True),
                                    ("credit_until__isnull", False),
                                    _connector="OR",
                                ),
                                name="guarantee_credit",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GuaranteeEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("intake", "Registered"),
                                    ("matched", "Matched"),
                                    ("trial_booked", "First session booked"),
                                    ("trial_attended", "First session attended"),
                                    ("continues", "Continues"),
                                    ("rematch_asked", "Wants another therapist"),
                                    ("refund_asked", "Wants the money back"),
                                    ("refunded", "Refunded"),
                                    ("declined", "Refund declined"),
                                ],
                                default="intake",
                                max_length=14,
                            ),
                        ),
                        ("credit_until", models.DateField(blank=True, null=True)),
                        (
                            "refund_cents",
                            models.PositiveIntegerField(blank=True, null=True),
                        ),
                        ("currency", models.CharField(default="USD", max_length=3)),
                        (
                            "settled_because",
                            models.CharField(blank=True, max_length=500),
                        ),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "intake",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.intake",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.guarantee",
                            ),
                        ),
                        (
                            "settled_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "current",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.guaranteeround",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="GuaranteeRound",
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
                        ("number", models.PositiveSmallIntegerField()),
                        ("matched_at", models.DateTimeField()),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("continues", "Continues"),
                                    ("rematch_asked", "Wants another therapist"),
                                    ("refund_asked", "Wants the money back"),
                                ],
                                max_length=14,
                            ),
                        ),
                        (
                            "said_by",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("client", "The client"),
                                    ("therapist", "The therapist"),
                                ],
                                max_length=9,
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("rapport", "It did not feel right"),
                                    ("approach", "Another way of working is wanted"),
                                    (
                                        "expertise",
                                        "Somebody with other experience is needed",
                                    ),
                                    ("level_of_care", "More, or other, care is needed"),
                                    ("hours", "The hours do not suit"),
                                    ("place", "The place, or video, does not suit"),
                                    ("language", "The language does not suit"),
                                    ("other", "Something else"),
                                ],
                                max_length=13,
                            ),
                        ),
                        ("told_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "guarantee",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rounds",
                                to="scheduling.guarantee",
                            ),
                        ),
                        (
                            "match",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rounds",
                                to="scheduling.match",
                            ),
                        ),
                        (
                            "matched_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="guarantee_rounds",
                                to="scheduling.therapist",
                            ),
                        ),
                        (
                            "told_to",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "trial",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="guarantee_rounds",
                                to="scheduling.appointment",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["matched_at"], name="guarantee_round_matched"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("guarantee", "number"),
                                name="guarantee_round_number",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("number__gte", 1), ("number__lte", 2)
                                ),
                                name="guarantee_round_at_most_two",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("outcome", ""),
                                        ("reason", ""),
                                        ("said_by", ""),
                                        ("told_at__isnull", True),
                                    ),
                                    models.Q(
                                        ("outcome", "continues"),
                                        ("reason", ""),
                                        ("told_at__isnull", False),
                                        ("trial__isnull", False),
                                    ),
                                    models.Q(
                                        (
                                            "outcome__in",
                                            ("rematch_asked", "refund_asked"),
                                        ),
                                        (
                                            "reason__in",
                                            [
                                                "rapport",
                                                "approach",
                                                "expertise",
                                                "level_of_care",
                                                "hours",
                                                "place",
                                                "language",
                                                "other",
                                            ],
                                        ),
                                        ("said_by__in", ["client", "therapist"]),
                                        ("told_at__isnull", False),
                                        ("trial__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="guarantee_round_outcome",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("number", 1),
                                    models.Q(
                                        ("outcome", "rematch_asked"), _negated=True
                                    ),
                                    _connector="OR",
                                ),
                                name="guarantee_round_rematch_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GuaranteeRoundEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "id",
                            models.UUIDField(
                                default=config.ids.uuid7,
                                editable=False,
                                serialize=False,
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("matched_at", models.DateTimeField()),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("continues", "Continues"),
                                    ("rematch_asked", "Wants another therapist"),
                                    ("refund_asked", "Wants the money back"),
                                ],
                                max_length=14,
                            ),
                        ),
                        (
                            "said_by",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("client", "The client"),
                                    ("therapist", "The therapist"),
                                ],
                                max_length=9,
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("rapport", "It did not feel right"),
                                    ("approach", "Another way of working is wanted"),
                                    (
                                        "expertise",
                                        "Somebody with other experience is needed",
                                    ),
                                    ("level_of_care", "More, or other, care is needed"),
                                    ("hours", "The hours do not suit"),
                                    ("place", "The place, or video, does not suit"),
                                    ("language", "The language does not suit"),
                                    ("other", "Something else"),
                                ],
                                max_length=13,
                            ),
                        ),
                        ("told_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "guarantee",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.guarantee",
                            ),
                        ),
                        (
                            "match",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.match",
                            ),
                        ),
                        (
                            "matched_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.guaranteeround",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                        (
                            "told_to",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "trial",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.appointment",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="GuaranteeWords",
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
                        ("text", models.CharField(max_length=1000)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "round",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="words",
                                to="scheduling.guaranteeround",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "guarantee words",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True),
                                name="guarantee_words_said",
                            )
                        ],
                    },
                ),
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
                    options={
                        "indexes": [
                            models.Index(
                                fields=["not_before", "id"], name="opening_in_turn"
                            )
                        ],
                    },
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
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="waitlist_entries",
                                to="clients.client",
                            ),
                        ),
                        (
                            "concern",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.presentingconcern",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "modality",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="scheduling.modality",
                            ),
                        ),
                        (
                            "offices",
                            models.ManyToManyField(
                                blank=True,
                                related_name="waitlist_entries",
                                to="locations.office",
                            ),
                        ),
                        (
                            "session_type",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="waitlist_entries",
                                to="scheduling.sessiontype",
                            ),
                        ),
                        (
                            "therapists",
                            models.ManyToManyField(
                                blank=True,
                                related_name="waitlist_entries",
                                to="scheduling.therapist",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["created_at", "id"],
                                name="waitlist_entry_by_age",
                            ),
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["created_at", "id"],
                                name="waitlist_entry_waiting",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["waiting", "booked", "withdrawn"])
                                ),
                                name="waitlist_entry_state",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("time_to__gt", models.F("time_from")),
                                    ("time_to__lte", 1440),
                                ),
                                name="waitlist_entry_within_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weekdays__contained_by", [0, 1, 2, 3, 4, 5, 6])
                                ),
                                name="waitlist_entry_weekdays",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("modes__contained_by", ["in_person", "telehealth"])
                                ),
                                name="waitlist_entry_modes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("offers_per_day__gte", 1),
                                    ("offers_per_day__lte", 10),
                                ),
                                name="waitlist_entry_offers_per_day",
                            ),
                        ],
                    },
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
                                default=config.ids.uuid7,
                                editable=False,
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
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "concern",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.presentingconcern",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "modality",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.modality",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.waitlistentry",
                            ),
                        ),
                        (
                            "session_type",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.sessiontype",
                            ),
                        ),
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
                        (
                            "office",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="locations.office",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "waitlistentry",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.waitlistentry",
                            ),
                        ),
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
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "therapist",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.therapist",
                            ),
                        ),
                        (
                            "waitlistentry",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.waitlistentry",
                            ),
                        ),
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
                                    (
                                        "booked_over",
                                        "The hour was given to somebody else",
                                    ),
                                    ("entry_withdrawn", "They wait no longer"),
                                    ("not_reached", "No message could reach them"),
                                ],
                                max_length=15,
                            ),
                        ),
                        (
                            "appointment",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offers",
                                to="scheduling.appointment",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offers",
                                to="scheduling.waitlistentry",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "offered")),
                                fields=["expires_at"],
                                name="waitlist_offer_live",
                            ),
                            models.Index(
                                fields=["offered_at", "id"],
                                name="waitlist_offer_by_time",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("appointment",),
                                name="waitlist_offer_once_for_a_hold",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "offered")),
                                fields=("entry",),
                                name="waitlist_offer_one_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "offered",
                                            "accepted",
                                            "declined",
                                            "lapsed",
                                            "withdrawn",
                                        ],
                                    )
                                ),
                                name="waitlist_offer_state",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("answered_at__isnull", True),
                                        ("state", "offered"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "offered"), _negated=True),
                                        ("answered_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="waitlist_offer_answered_at",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("via__in", ["", "link", "phone"])),
                                name="waitlist_offer_via",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "because__in",
                                            [
                                                "desk",
                                                "booked_over",
                                                "entry_withdrawn",
                                                "not_reached",
                                            ],
                                        ),
                                        ("state", "withdrawn"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "withdrawn"), _negated=True),
                                        ("because", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="waitlist_offer_withdrawn_because",
                            ),
                        ],
                    },
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
                                default=config.ids.uuid7,
                                editable=False,
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
                                    (
                                        "booked_over",
                                        "The hour was given to somebody else",
                                    ),
                                    ("entry_withdrawn", "They wait no longer"),
                                    ("not_reached", "No message could reach them"),
                                ],
                                max_length=15,
                            ),
                        ),
                        (
                            "appointment",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.appointment",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.waitlistentry",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="scheduling.waitlistoffer",
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
                    },
                    bases=("locations.closure",),
                ),
                migrations.CreateModel(
                    name="WaitlistEntryOffice",
                    fields=[],
                    options={
                        "proxy": True,
                    },
                    bases=("scheduling.waitlistentry_offices",),
                ),
                migrations.CreateModel(
                    name="WaitlistEntryTherapist",
                    fields=[],
                    options={
                        "proxy": True,
                    },
                    bases=("scheduling.waitlistentry_therapists",),
                ),
                migrations.CreateModel(
                    name="IntakeModality",
                    fields=[],
                    options={
                        "proxy": True,
                    },
                    bases=("scheduling.intake_modalities",),
                ),
                migrations.CreateModel(
                    name="IntakeOffice",
                    fields=[],
                    options={
                        "proxy": True,
                    },
                    bases=("scheduling.intake_offices",),
                ),
                migrations.CreateModel(
                    name="IntakeOtherConcern",
                    fields=[],
                    options={
                        "proxy": True,
                    },
                    bases=("scheduling.intake_other_concerns",),
                ),
                migrations.CreateModel(
                    name="IntakeModalityEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "intake",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.intake",
                            ),
                        ),
                        (
                            "modality",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.modality",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="IntakeOfficeEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "intake",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.intake",
                            ),
                        ),
                        (
                            "office",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="locations.office",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="IntakeOtherConcernEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "intake",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="scheduling.intake",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "presentingconcern",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.presentingconcern",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="practicepolicyevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="fbe47734b64ec5b7afcaeab0d06c4f27a68de646",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_08783",
                            table="scheduling_practicepolicyevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reminderrule",
                    trigger=pgtrigger.compiler.Trigger(
                        name="noting_change",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF TG_OP = 'UPDATE' AND ROW(OLD.plan_id, OLD.before_minutes, OLD.channel) IS NOT DISTINCT FROM ROW(NEW.plan_id, NEW.before_minutes, NEW.channel) THEN RETURN NULL; END IF;\n            IF TG_OP <> 'DELETE' THEN INSERT INTO scheduling_planchange (session_type_id) SELECT session_type_id FROM scheduling_reminderplan WHERE id = NEW.plan_id AND client_id IS NULL; INSERT INTO clients_contactchange (client_id) SELECT client_id FROM scheduling_reminderplan WHERE id = NEW.plan_id AND client_id IS NOT NULL; END IF;\n            IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(OLD.plan_id) IS DISTINCT FROM ROW(NEW.plan_id)) THEN\n              INSERT INTO scheduling_planchange (session_type_id) SELECT session_type_id FROM scheduling_reminderplan WHERE id = OLD.plan_id AND client_id IS NULL; INSERT INTO clients_contactchange (client_id) SELECT client_id FROM scheduling_reminderplan WHERE id = OLD.plan_id AND client_id IS NOT NULL;\n            END IF;\n            RETURN NULL;\n        ",
                            hash="4f56e1fbe3f47d2029dc30c0639e6f7d5a08a2a9",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_noting_change_2077c",
                            table="scheduling_reminderrule",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reminderrule",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_reminderruleevent" ("before_minutes", "channel", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id") VALUES (NEW."before_minutes", NEW."channel", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id"); RETURN NULL;',
                            hash="176736fe044f28230b4685c79323fc0d45ca93d1",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_ac655",
                            table="scheduling_reminderrule",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reminderrule",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_reminderruleevent" ("before_minutes", "channel", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id") VALUES (NEW."before_minutes", NEW."channel", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id"); RETURN NULL;',
                            hash="21c9e589fcdc81b821935a2d0a117aa69e3d7c76",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_05147",
                            table="scheduling_reminderrule",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reminderrule",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_reminderruleevent" ("before_minutes", "channel", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id") VALUES (OLD."before_minutes", OLD."channel", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."plan_id"); RETURN NULL;',
                            hash="4dcef0f99c0e0a4d357b0acc3adf18d02876b9c6",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_bc801",
                            table="scheduling_reminderrule",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reminderruleevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="30d39cf0e5af725a311e3364b15808ae2d87ef90",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_9a929",
                            table="scheduling_reminderruleevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="sessiontype",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_sessiontypeevent" ("buffer_after_minutes", "buffer_before_minutes", "clients_max", "clients_min", "duration_minutes", "for_new_clients", "format", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "start_every_minutes", "telehealth_only") VALUES (NEW."buffer_after_minutes", NEW."buffer_before_minutes", NEW."clients_max", NEW."clients_min", NEW."duration_minutes", NEW."for_new_clients", NEW."format", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."slug", NEW."start_every_minutes", NEW."telehealth_only"); RETURN NULL;',
                            hash="e4c8f7b5bd64eae04f6e79c6995705ec4adfdc4b",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_64a3e",
                            table="scheduling_sessiontype",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="sessiontype",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_sessiontypeevent" ("buffer_after_minutes", "buffer_before_minutes", "clients_max", "clients_min", "duration_minutes", "for_new_clients", "format", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "start_every_minutes", "telehealth_only") VALUES (NEW."buffer_after_minutes", NEW."buffer_before_minutes", NEW."clients_max", NEW."clients_min", NEW."duration_minutes", NEW."for_new_clients", NEW."format", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."slug", NEW."start_every_minutes", NEW."telehealth_only"); RETURN NULL;',
                            hash="629a4f1c17276a881fd5b5adcfef29c291e339a6",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_69bc5",
                            table="scheduling_sessiontype",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="sessiontype",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_sessiontypeevent" ("buffer_after_minutes", "buffer_before_minutes", "clients_max", "clients_min", "duration_minutes", "for_new_clients", "format", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "start_every_minutes", "telehealth_only") VALUES (OLD."buffer_after_minutes", OLD."buffer_before_minutes", OLD."clients_max", OLD."clients_min", OLD."duration_minutes", OLD."for_new_clients", OLD."format", OLD."id", OLD."is_active", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."slug", OLD."start_every_minutes", OLD."telehealth_only"); RETURN NULL;',
                            hash="6410b252598b92cdc8e840ef5e4bd4605325a616",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_36251",
                            table="scheduling_sessiontype",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="sessiontypeevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="b4143f1f9a1b88deed02cffbc2206df0a84f148e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_8fe86",
                            table="scheduling_sessiontypeevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapist",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_therapistevent" ("accepts_new_clients", "age_groups", "credentials", "display_name", "gender", "id", "is_active", "languages", "license_states", "license_type", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile", "pronouns", "supervisor_id", "telehealth", "user_id") VALUES (NEW."accepts_new_clients", NEW."age_groups", NEW."credentials", NEW."display_name", NEW."gender", NEW."id", NEW."is_active", NEW."languages", NEW."license_states", NEW."license_type", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."profile", NEW."pronouns", NEW."supervisor_id", NEW."telehealth", NEW."user_id"); RETURN NULL;',
                            hash="ddbcc3922c5b1c4d8be224040ecbec48f1404e21",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_fe14b",
                            table="scheduling_therapist",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapist",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_therapistevent" ("accepts_new_clients", "age_groups", "credentials", "display_name", "gender", "id", "is_active", "languages", "license_states", "license_type", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile", "pronouns", "supervisor_id", "telehealth", "user_id") VALUES (NEW."accepts_new_clients", NEW."age_groups", NEW."credentials", NEW."display_name", NEW."gender", NEW."id", NEW."is_active", NEW."languages", NEW."license_states", NEW."license_type", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."profile", NEW."pronouns", NEW."supervisor_id", NEW."telehealth", NEW."user_id"); RETURN NULL;',
                            hash="b29851da3fa25360877cf13a3ca2647a16e8ce92",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_cff6b",
                            table="scheduling_therapist",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapist",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_therapistevent" ("accepts_new_clients", "age_groups", "credentials", "display_name", "gender", "id", "is_active", "languages", "license_states", "license_type", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile", "pronouns", "supervisor_id", "telehealth", "user_id") VALUES (OLD."accepts_new_clients", OLD."age_groups", OLD."credentials", OLD."display_name", OLD."gender", OLD."id", OLD."is_active", OLD."languages", OLD."license_states", OLD."license_type", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."profile", OLD."pronouns", OLD."supervisor_id", OLD."telehealth", OLD."user_id"); RETURN NULL;',
                            hash="33c5f51e1d0f5b3dc298ab16023868b187130dff",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_b11b3",
                            table="scheduling_therapist",
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
                    model_name="therapistconcernevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ada6a8093b6969a69bac3f62ecd571d89fc20e25",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_c6d24",
                            table="scheduling_therapistconcernevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="b16366f167821e1db5e43878baa1a185397edc7a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_66e90",
                            table="scheduling_therapistevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistmodalityevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ff876ba3ae4610073c4c4012d38d9a85c35dfcb1",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_5f90b",
                            table="scheduling_therapistmodalityevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistofficeevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="dafd639607886d159067295dec7a819387be66e4",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_90654",
                            table="scheduling_therapistofficeevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistsessiontypeevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="6c20c27a7c46ae6f3c7cc1efaa9f25acd00e3f5c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_80bfe",
                            table="scheduling_therapistsessiontypeevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="timeoff",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_timeoffevent" ("ends_at", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "therapist_id") VALUES (NEW."ends_at", NEW."id", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_at", NEW."therapist_id"); RETURN NULL;',
                            hash="f8c5a20885e2c7e3ffeb776f801ad82fd66a7f7d",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_b11fe",
                            table="scheduling_timeoff",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="timeoff",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_timeoffevent" ("ends_at", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "therapist_id") VALUES (NEW."ends_at", NEW."id", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_at", NEW."therapist_id"); RETURN NULL;',
                            hash="b1317e09887a7704aa3bdef4a73a2110c0bb2c08",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_638c3",
                            table="scheduling_timeoff",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="timeoff",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_timeoffevent" ("ends_at", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "therapist_id") VALUES (OLD."ends_at", OLD."id", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."starts_at", OLD."therapist_id"); RETURN NULL;',
                            hash="39d9d3bd65b562e5814dc5fadc33bc04142661f5",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ff43b",
                            table="scheduling_timeoff",
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
                    model_name="timeoffevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="2248693d8bee4cad5ad3f710c7954654eb9ed699",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f71f8",
                            table="scheduling_timeoffevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="appointment",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_appointmentevent" ("cancel_reason", "cancelled_at", "created_at", "created_by_id", "ends_at", "facts_version", "hold_expires_at", "id", "late_cancel_at", "mode", "note", "occurs_on", "office_id", "overridden", "override_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reschedules", "room_id", "series_id", "session_type_id", "starts_at", "status", "therapist_id", "version") VALUES (NEW."cancel_reason", NEW."cancelled_at", NEW."created_at", NEW."created_by_id", NEW."ends_at", NEW."facts_version", NEW."hold_expires_at", NEW."id", NEW."late_cancel_at", NEW."mode", NEW."note", NEW."occurs_on", NEW."office_id", NEW."overridden", NEW."override_reason", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reschedules", NEW."room_id", NEW."series_id", NEW."session_type_id", NEW."starts_at", NEW."status", NEW."therapist_id", NEW."version"); RETURN NULL;',
                            hash="621f479180731da5195b2ccb355c728dc6d10149",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_cdcf2",
                            table="scheduling_appointment",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="appointment",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."cancel_reason" IS DISTINCT FROM (NEW."cancel_reason") OR OLD."cancelled_at" IS DISTINCT FROM (NEW."cancelled_at") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."ends_at" IS DISTINCT FROM (NEW."ends_at") OR OLD."facts_version" IS DISTINCT FROM (NEW."facts_version") OR OLD."hold_expires_at" IS DISTINCT FROM (NEW."hold_expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."late_cancel_at" IS DISTINCT FROM (NEW."late_cancel_at") OR OLD."mode" IS DISTINCT FROM (NEW."mode") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."occurs_on" IS DISTINCT FROM (NEW."occurs_on") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."overridden" IS DISTINCT FROM (NEW."overridden") OR OLD."override_reason" IS DISTINCT FROM (NEW."override_reason") OR OLD."reschedules" IS DISTINCT FROM (NEW."reschedules") OR OLD."room_id" IS DISTINCT FROM (NEW."room_id") OR OLD."series_id" IS DISTINCT FROM (NEW."series_id") OR OLD."session_type_id" IS DISTINCT FROM (NEW."session_type_id") OR OLD."starts_at" IS DISTINCT FROM (NEW."starts_at") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."therapist_id" IS DISTINCT FROM (NEW."therapist_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                            func='INSERT INTO "scheduling_appointmentevent" ("cancel_reason", "cancelled_at", "created_at", "created_by_id", "ends_at", "facts_version", "hold_expires_at", "id", "late_cancel_at", "mode", "note", "occurs_on", "office_id", "overridden", "override_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reschedules", "room_id", "series_id", "session_type_id", "starts_at", "status", "therapist_id", "version") VALUES (NEW."cancel_reason", NEW."cancelled_at", NEW."created_at", NEW."created_by_id", NEW."ends_at", NEW."facts_version", NEW."hold_expires_at", NEW."id", NEW."late_cancel_at", NEW."mode", NEW."note", NEW."occurs_on", NEW."office_id", NEW."overridden", NEW."override_reason", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reschedules", NEW."room_id", NEW."series_id", NEW."session_type_id", NEW."starts_at", NEW."status", NEW."therapist_id", NEW."version"); RETURN NULL;',
                            hash="0cb656cd2d511dd80b4c48a4081b0c2d11302deb",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_7193b",
                            table="scheduling_appointment",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="appointment",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_appointmentevent" ("cancel_reason", "cancelled_at", "created_at", "created_by_id", "ends_at", "facts_version", "hold_expires_at", "id", "late_cancel_at", "mode", "note", "occurs_on", "office_id", "overridden", "override_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reschedules", "room_id", "series_id", "session_type_id", "starts_at", "status", "therapist_id", "version") VALUES (OLD."cancel_reason", OLD."cancelled_at", OLD."created_at", OLD."created_by_id", OLD."ends_at", OLD."facts_version", OLD."hold_expires_at", OLD."id", OLD."late_cancel_at", OLD."mode", OLD."note", OLD."occurs_on", OLD."office_id", OLD."overridden", OLD."override_reason", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reschedules", OLD."room_id", OLD."series_id", OLD."session_type_id", OLD."starts_at", OLD."status", OLD."therapist_id", OLD."version"); RETURN NULL;',
                            hash="053ef21e8b8019680d5f9914836c276fa7630e47",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_c56ad",
                            table="scheduling_appointment",
                            when="AFTER",
                        ),
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
                    model_name="appointmentevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ef979a043ec8601caf85155ca4b0218ea789364d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_dfe96",
                            table="scheduling_appointmentevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="attendance",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_attendanceevent" ("appointment_id", "cancel_reason", "cancelled_at", "client_id", "fee", "fee_decided_at", "fee_decided_by_id", "fee_reason", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status") VALUES (NEW."appointment_id", NEW."cancel_reason", NEW."cancelled_at", NEW."client_id", NEW."fee", NEW."fee_decided_at", NEW."fee_decided_by_id", NEW."fee_reason", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."status"); RETURN NULL;',
                            hash="0c72a0a7ffed6171ff55b9fe757f3d0ec2bfa4b6",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_0312c",
                            table="scheduling_attendance",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="attendance",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."appointment_id" IS DISTINCT FROM (NEW."appointment_id") OR OLD."cancel_reason" IS DISTINCT FROM (NEW."cancel_reason") OR OLD."cancelled_at" IS DISTINCT FROM (NEW."cancelled_at") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."fee" IS DISTINCT FROM (NEW."fee") OR OLD."fee_decided_at" IS DISTINCT FROM (NEW."fee_decided_at") OR OLD."fee_decided_by_id" IS DISTINCT FROM (NEW."fee_decided_by_id") OR OLD."fee_reason" IS DISTINCT FROM (NEW."fee_reason") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."status" IS DISTINCT FROM (NEW."status"))',
                            func='INSERT INTO "scheduling_attendanceevent" ("appointment_id", "cancel_reason", "cancelled_at", "client_id", "fee", "fee_decided_at", "fee_decided_by_id", "fee_reason", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status") VALUES (NEW."appointment_id", NEW."cancel_reason", NEW."cancelled_at", NEW."client_id", NEW."fee", NEW."fee_decided_at", NEW."fee_decided_by_id", NEW."fee_reason", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."status"); RETURN NULL;',
                            hash="1c02554d8ed61f4deddebc2a407ec9c03c84c94f",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d106d",
                            table="scheduling_attendance",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="attendance",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_attendanceevent" ("appointment_id", "cancel_reason", "cancelled_at", "client_id", "fee", "fee_decided_at", "fee_decided_by_id", "fee_reason", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status") VALUES (OLD."appointment_id", OLD."cancel_reason", OLD."cancelled_at", OLD."client_id", OLD."fee", OLD."fee_decided_at", OLD."fee_decided_by_id", OLD."fee_reason", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."status"); RETURN NULL;',
                            hash="2fdd2d73aea4f40759babe2b404b1cf7202967ff",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_73112",
                            table="scheduling_attendance",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="attendanceevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="7a840b14094f7cef86da78142ee60f4ab03003d4",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_1f94b",
                            table="scheduling_attendanceevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="availabilityoverride",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_availabilityoverrideevent" ("date", "end_minute", "id", "mode", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_minute", "therapist_id") VALUES (NEW."date", NEW."end_minute", NEW."id", NEW."mode", NEW."office_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."start_minute", NEW."therapist_id"); RETURN NULL;',
                            hash="b92c065fb251b3632a96ed4f1e88324953ff5099",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_0ce4c",
                            table="scheduling_availabilityoverride",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="availabilityoverride",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_availabilityoverrideevent" ("date", "end_minute", "id", "mode", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_minute", "therapist_id") VALUES (NEW."date", NEW."end_minute", NEW."id", NEW."mode", NEW."office_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."start_minute", NEW."therapist_id"); RETURN NULL;',
                            hash="c52a768a992a02ce9f05ca810c31cd48199ba038",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_13e53",
                            table="scheduling_availabilityoverride",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="availabilityoverride",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_availabilityoverrideevent" ("date", "end_minute", "id", "mode", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_minute", "therapist_id") VALUES (OLD."date", OLD."end_minute", OLD."id", OLD."mode", OLD."office_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."start_minute", OLD."therapist_id"); RETURN NULL;',
                            hash="ba98bedb7dfbc6622d09ef3238c620e4f08c8057",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_082b5",
                            table="scheduling_availabilityoverride",
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
                    model_name="availabilityoverrideevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="d3774a29dc5ff6774dae50844e79e0a22d4aa7e8",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e5922",
                            table="scheduling_availabilityoverrideevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="availabilityrule",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_availabilityruleevent" ("end_minute", "every_weeks", "id", "mode", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_minute", "therapist_id", "valid_from", "valid_until", "weekday") VALUES (NEW."end_minute", NEW."every_weeks", NEW."id", NEW."mode", NEW."office_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."start_minute", NEW."therapist_id", NEW."valid_from", NEW."valid_until", NEW."weekday"); RETURN NULL;',
                            hash="815a4e70a37383c91ae3092c21b94e94b87721af",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c649b",
                            table="scheduling_availabilityrule",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="availabilityrule",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_availabilityruleevent" ("end_minute", "every_weeks", "id", "mode", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_minute", "therapist_id", "valid_from", "valid_until", "weekday") VALUES (NEW."end_minute", NEW."every_weeks", NEW."id", NEW."mode", NEW."office_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."start_minute", NEW."therapist_id", NEW."valid_from", NEW."valid_until", NEW."weekday"); RETURN NULL;',
                            hash="4879746ab4f69145191e8aa46d8110f21477dab2",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_bdb19",
                            table="scheduling_availabilityrule",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="availabilityrule",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_availabilityruleevent" ("end_minute", "every_weeks", "id", "mode", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_minute", "therapist_id", "valid_from", "valid_until", "weekday") VALUES (OLD."end_minute", OLD."every_weeks", OLD."id", OLD."mode", OLD."office_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."start_minute", OLD."therapist_id", OLD."valid_from", OLD."valid_until", OLD."weekday"); RETURN NULL;',
                            hash="d61a9c6e630e05cabe28fbbcd8254cc8dfd63423",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_d40fa",
                            table="scheduling_availabilityrule",
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
                    model_name="availabilityruleevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="97eb7edb3d72ce637b08c05af783ead5f8effccf",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_9b81c",
                            table="scheduling_availabilityruleevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="message",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_messageevent" ("appointment_id", "attempts", "before_start_minutes", "channel", "client_id", "created_at", "dispatched_until", "due_at", "facts_digest", "facts_version", "first_tried_at", "for_series", "guardian_id", "id", "kind", "last_error", "lease_token", "lease_until", "next_attempt_at", "not_after", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_key", "provider_message_id", "recipient", "sent_at", "state") VALUES (NEW."appointment_id", NEW."attempts", NEW."before_start_minutes", NEW."channel", NEW."client_id", NEW."created_at", NEW."dispatched_until", NEW."due_at", NEW."facts_digest", NEW."facts_version", NEW."first_tried_at", NEW."for_series", NEW."guardian_id", NEW."id", NEW."kind", NEW."last_error", NEW."lease_token", NEW."lease_until", NEW."next_attempt_at", NEW."not_after", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."provider_key", NEW."provider_message_id", NEW."recipient", NEW."sent_at", NEW."state"); RETURN NULL;',
                            hash="b8d49143019b2e0122d558463b8b03dc82f3b027",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_7c7dd",
                            table="scheduling_message",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="message",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_messageevent" ("appointment_id", "attempts", "before_start_minutes", "channel", "client_id", "created_at", "dispatched_until", "due_at", "facts_digest", "facts_version", "first_tried_at", "for_series", "guardian_id", "id", "kind", "last_error", "lease_token", "lease_until", "next_attempt_at", "not_after", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_key", "provider_message_id", "recipient", "sent_at", "state") VALUES (NEW."appointment_id", NEW."attempts", NEW."before_start_minutes", NEW."channel", NEW."client_id", NEW."created_at", NEW."dispatched_until", NEW."due_at", NEW."facts_digest", NEW."facts_version", NEW."first_tried_at", NEW."for_series", NEW."guardian_id", NEW."id", NEW."kind", NEW."last_error", NEW."lease_token", NEW."lease_until", NEW."next_attempt_at", NEW."not_after", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."provider_key", NEW."provider_message_id", NEW."recipient", NEW."sent_at", NEW."state"); RETURN NULL;',
                            hash="02f604d76d1a598a07eb47a606891945b736fb5f",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_4f8e3",
                            table="scheduling_message",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="message",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_messageevent" ("appointment_id", "attempts", "before_start_minutes", "channel", "client_id", "created_at", "dispatched_until", "due_at", "facts_digest", "facts_version", "first_tried_at", "for_series", "guardian_id", "id", "kind", "last_error", "lease_token", "lease_until", "next_attempt_at", "not_after", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_key", "provider_message_id", "recipient", "sent_at", "state") VALUES (OLD."appointment_id", OLD."attempts", OLD."before_start_minutes", OLD."channel", OLD."client_id", OLD."created_at", OLD."dispatched_until", OLD."due_at", OLD."facts_digest", OLD."facts_version", OLD."first_tried_at", OLD."for_series", OLD."guardian_id", OLD."id", OLD."kind", OLD."last_error", OLD."lease_token", OLD."lease_until", OLD."next_attempt_at", OLD."not_after", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."provider_key", OLD."provider_message_id", OLD."recipient", OLD."sent_at", OLD."state"); RETURN NULL;',
                            hash="838b57fe5f79b17262a334e1acbdcc01b5fe7965",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_cb62e",
                            table="scheduling_message",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="messageevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="efc4c42e2104c3ef21419ed46bce732a642a44e0",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_08846",
                            table="scheduling_messageevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="modality",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_modalityevent" ("abbreviation", "age_groups", "description", "goals", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "summary") VALUES (NEW."abbreviation", NEW."age_groups", NEW."description", NEW."goals", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."slug", NEW."summary"); RETURN NULL;',
                            hash="ca32123c6f90abf15c54e409b286585e5a899e33",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_e914a",
                            table="scheduling_modality",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="modality",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_modalityevent" ("abbreviation", "age_groups", "description", "goals", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "summary") VALUES (NEW."abbreviation", NEW."age_groups", NEW."description", NEW."goals", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."slug", NEW."summary"); RETURN NULL;',
                            hash="99538ec84bad32e52ec7f3caabace2aa87ec11bd",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e829e",
                            table="scheduling_modality",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="modality",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_modalityevent" ("abbreviation", "age_groups", "description", "goals", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "summary") VALUES (OLD."abbreviation", OLD."age_groups", OLD."description", OLD."goals", OLD."id", OLD."is_active", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."slug", OLD."summary"); RETURN NULL;',
                            hash="66cb250108d9338afbe76612175d7be6b9010515",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_9ac57",
                            table="scheduling_modality",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="modalityconcernevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="69a011d042d0614b577c3e8298e88ce019764914",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_0787d",
                            table="scheduling_modalityconcernevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="modalityevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ad4ae33dcce7b1d133171dc950c97536dc451f8d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_87ddc",
                            table="scheduling_modalityevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="practicepolicy",
                    trigger=pgtrigger.compiler.Trigger(
                        name="noting_change",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF TG_OP = 'UPDATE' AND ROW(OLD.quiet_from_minute, OLD.quiet_until_minute) IS NOT DISTINCT FROM ROW(NEW.quiet_from_minute, NEW.quiet_until_minute) THEN RETURN NULL; END IF;\n            IF TG_OP <> 'DELETE' THEN INSERT INTO scheduling_planchange (session_type_id) VALUES (NULL); END IF;\n            IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND false) THEN\n              INSERT INTO scheduling_planchange (session_type_id) VALUES (NULL);\n            END IF;\n            RETURN NULL;\n        ",
                            hash="11065be8262d60c40c0f0ba1a89eac09e00b4177",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_noting_change_90cdd",
                            table="scheduling_practicepolicy",
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
                    model_name="modalityconcern",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_modalityconcernevent" ("id", "modality_id", "pgh_context_id", "pgh_created_at", "pgh_label", "presentingconcern_id") VALUES (NEW."id", NEW."modality_id", _pgh_attach_context(), NOW(), \'insert\', NEW."presentingconcern_id"); RETURN NULL;',
                            hash="0a4a57ac174620d89a2ca18b309be0cc26f9e69d",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_d4af2",
                            table="scheduling_modality_concerns",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="modalityconcern",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_modalityconcernevent" ("id", "modality_id", "pgh_context_id", "pgh_created_at", "pgh_label", "presentingconcern_id") VALUES (NEW."id", NEW."modality_id", _pgh_attach_context(), NOW(), \'update\', NEW."presentingconcern_id"); RETURN NULL;',
                            hash="892bb473d15ef316f56f71c0a25b0e1070ef6d1b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_34c40",
                            table="scheduling_modality_concerns",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="modalityconcern",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_modalityconcernevent" ("id", "modality_id", "pgh_context_id", "pgh_created_at", "pgh_label", "presentingconcern_id") VALUES (OLD."id", OLD."modality_id", _pgh_attach_context(), NOW(), \'delete\', OLD."presentingconcern_id"); RETURN NULL;',
                            hash="5af882568a661cbf5609548bb6106d74d09aa07e",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_d6a5c",
                            table="scheduling_modality_concerns",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistconcern",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_therapistconcernevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "presentingconcern_id", "therapist_id") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."presentingconcern_id", NEW."therapist_id"); RETURN NULL;',
                            hash="28432e5d53293a4cd5db4296a0a3a4f1f4c235a9",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_bf51b",
                            table="scheduling_therapist_concerns",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistconcern",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_therapistconcernevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "presentingconcern_id", "therapist_id") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."presentingconcern_id", NEW."therapist_id"); RETURN NULL;',
                            hash="284a1637668167698c0e093b2651ec686764087b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b0bf0",
                            table="scheduling_therapist_concerns",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistconcern",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_therapistconcernevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "presentingconcern_id", "therapist_id") VALUES (OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."presentingconcern_id", OLD."therapist_id"); RETURN NULL;',
                            hash="35fb5e63a77d27c03eb4792aa04161a1b735efb5",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_80f16",
                            table="scheduling_therapist_concerns",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistmodality",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_therapistmodalityevent" ("id", "modality_id", "pgh_context_id", "pgh_created_at", "pgh_label", "therapist_id") VALUES (NEW."id", NEW."modality_id", _pgh_attach_context(), NOW(), \'insert\', NEW."therapist_id"); RETURN NULL;',
                            hash="5c78015959d0b56a2f96a17d292d040ea44d99a9",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_75c82",
                            table="scheduling_therapist_modalities",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistmodality",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_therapistmodalityevent" ("id", "modality_id", "pgh_context_id", "pgh_created_at", "pgh_label", "therapist_id") VALUES (NEW."id", NEW."modality_id", _pgh_attach_context(), NOW(), \'update\', NEW."therapist_id"); RETURN NULL;',
                            hash="3e395db7effa3dba2bef8416d89f4cb4a8b9c957",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_0d236",
                            table="scheduling_therapist_modalities",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistmodality",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_therapistmodalityevent" ("id", "modality_id", "pgh_context_id", "pgh_created_at", "pgh_label", "therapist_id") VALUES (OLD."id", OLD."modality_id", _pgh_attach_context(), NOW(), \'delete\', OLD."therapist_id"); RETURN NULL;',
                            hash="d54ec002ab5ba37b8be7b0bd5f82450edb8f4e8e",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_35c85",
                            table="scheduling_therapist_modalities",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistoffice",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_therapistofficeevent" ("id", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "therapist_id") VALUES (NEW."id", NEW."office_id", _pgh_attach_context(), NOW(), \'insert\', NEW."therapist_id"); RETURN NULL;',
                            hash="d93172866f80797ff1a7c840ef39d8f16ae9b35d",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_2ae84",
                            table="scheduling_therapist_offices",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistoffice",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_therapistofficeevent" ("id", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "therapist_id") VALUES (NEW."id", NEW."office_id", _pgh_attach_context(), NOW(), \'update\', NEW."therapist_id"); RETURN NULL;',
                            hash="fe064c6d39514cf02047b4de9f89d17c4141913b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_6e330",
                            table="scheduling_therapist_offices",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistoffice",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_therapistofficeevent" ("id", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "therapist_id") VALUES (OLD."id", OLD."office_id", _pgh_attach_context(), NOW(), \'delete\', OLD."therapist_id"); RETURN NULL;',
                            hash="d89fcdd36e149d4eba8e73aa63f794ba2f55a5c8",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_0c51c",
                            table="scheduling_therapist_offices",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistsessiontype",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_therapistsessiontypeevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "sessiontype_id", "therapist_id") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."sessiontype_id", NEW."therapist_id"); RETURN NULL;',
                            hash="6074945030d197753e324d38a43d71dcbc0e1665",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_34692",
                            table="scheduling_therapist_session_types",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistsessiontype",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_therapistsessiontypeevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "sessiontype_id", "therapist_id") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."sessiontype_id", NEW."therapist_id"); RETURN NULL;',
                            hash="c0e2999118047edfee6830cf28520c8c8ff3515f",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_13460",
                            table="scheduling_therapist_session_types",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="therapistsessiontype",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_therapistsessiontypeevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "sessiontype_id", "therapist_id") VALUES (OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."sessiontype_id", OLD."therapist_id"); RETURN NULL;',
                            hash="7215ccace5fc8c894edd10aa043e56c48fa5c5dd",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_e501d",
                            table="scheduling_therapist_session_types",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="appointmentseries",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_appointmentseriesevent" ("created_at", "created_by_id", "every_weeks", "id", "mode", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_type_id", "start_minute", "therapist_id", "weekday") VALUES (NEW."created_at", NEW."created_by_id", NEW."every_weeks", NEW."id", NEW."mode", NEW."office_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."session_type_id", NEW."start_minute", NEW."therapist_id", NEW."weekday"); RETURN NULL;',
                            hash="9b2fc69267241b1f1b898518cb990187907f6ed6",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_15989",
                            table="scheduling_appointmentseries",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="appointmentseries",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_appointmentseriesevent" ("created_at", "created_by_id", "every_weeks", "id", "mode", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_type_id", "start_minute", "therapist_id", "weekday") VALUES (NEW."created_at", NEW."created_by_id", NEW."every_weeks", NEW."id", NEW."mode", NEW."office_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."session_type_id", NEW."start_minute", NEW."therapist_id", NEW."weekday"); RETURN NULL;',
                            hash="b7aa8ae68f7de1b8e225feb129e3f3b0e5f98de0",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_bfd57",
                            table="scheduling_appointmentseries",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="appointmentseries",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_appointmentseriesevent" ("created_at", "created_by_id", "every_weeks", "id", "mode", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_type_id", "start_minute", "therapist_id", "weekday") VALUES (OLD."created_at", OLD."created_by_id", OLD."every_weeks", OLD."id", OLD."mode", OLD."office_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."session_type_id", OLD."start_minute", OLD."therapist_id", OLD."weekday"); RETURN NULL;',
                            hash="df836483898b6a43ff25ce09e32fc823b7edc7b7",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_44491",
                            table="scheduling_appointmentseries",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="appointmentseriesevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="334c69d3655bd7146fcb9460862a75b274d7d5df",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a2d6b",
                            table="scheduling_appointmentseriesevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="policyoverride",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_policyoverrideevent" ("booking_horizon_days", "break_minutes", "buffer_after_minutes", "buffer_before_minutes", "id", "late_cancel_hours", "minimum_notice_hours", "no_show_grace_minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_type_id", "sessions_in_a_row", "sessions_per_day", "sessions_per_week", "therapist_id") VALUES (NEW."booking_horizon_days", NEW."break_minutes", NEW."buffer_after_minutes", NEW."buffer_before_minutes", NEW."id", NEW."late_cancel_hours", NEW."minimum_notice_hours", NEW."no_show_grace_minutes", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."session_type_id", NEW."sessions_in_a_row", NEW."sessions_per_day", NEW."sessions_per_week", NEW."therapist_id"); RETURN NULL;',
                            hash="4ae434499a3d155bf53eccf950f24bc356412630",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_16026",
                            table="scheduling_policyoverride",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="policyoverride",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_policyoverrideevent" ("booking_horizon_days", "break_minutes", "buffer_after_minutes", "buffer_before_minutes", "id", "late_cancel_hours", "minimum_notice_hours", "no_show_grace_minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_type_id", "sessions_in_a_row", "sessions_per_day", "sessions_per_week", "therapist_id") VALUES (NEW."booking_horizon_days", NEW."break_minutes", NEW."buffer_after_minutes", NEW."buffer_before_minutes", NEW."id", NEW."late_cancel_hours", NEW."minimum_notice_hours", NEW."no_show_grace_minutes", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."session_type_id", NEW."sessions_in_a_row", NEW."sessions_per_day", NEW."sessions_per_week", NEW."therapist_id"); RETURN NULL;',
                            hash="c4493ef961cf18c86a0f065b87fdb454d1a84a49",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_9b9fa",
                            table="scheduling_policyoverride",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="policyoverride",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_policyoverrideevent" ("booking_horizon_days", "break_minutes", "buffer_after_minutes", "buffer_before_minutes", "id", "late_cancel_hours", "minimum_notice_hours", "no_show_grace_minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_type_id", "sessions_in_a_row", "sessions_per_day", "sessions_per_week", "therapist_id") VALUES (OLD."booking_horizon_days", OLD."break_minutes", OLD."buffer_after_minutes", OLD."buffer_before_minutes", OLD."id", OLD."late_cancel_hours", OLD."minimum_notice_hours", OLD."no_show_grace_minutes", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."session_type_id", OLD."sessions_in_a_row", OLD."sessions_per_day", OLD."sessions_per_week", OLD."therapist_id"); RETURN NULL;',
                            hash="61ad7d365985cef34908dedaf650ffeb12c9eec0",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_daf65",
                            table="scheduling_policyoverride",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="policyoverrideevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ce920190ee570b6e69ed7dd995acd982449b439d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_76f3c",
                            table="scheduling_policyoverrideevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="answer",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_answerevent" ("appointment_id", "at", "client_id", "facts_version", "guardian_id", "id", "kind", "message_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resolved_at", "resolved_by_id", "via") VALUES (NEW."appointment_id", NEW."at", NEW."client_id", NEW."facts_version", NEW."guardian_id", NEW."id", NEW."kind", NEW."message_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."resolved_at", NEW."resolved_by_id", NEW."via"); RETURN NULL;',
                            hash="40912a054ddfdffe0d2b49726f94fc0eb6e928cc",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c79df",
                            table="scheduling_answer",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="answer",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."appointment_id" IS DISTINCT FROM (NEW."appointment_id") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."facts_version" IS DISTINCT FROM (NEW."facts_version") OR OLD."guardian_id" IS DISTINCT FROM (NEW."guardian_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."message_id" IS DISTINCT FROM (NEW."message_id") OR OLD."resolved_at" IS DISTINCT FROM (NEW."resolved_at") OR OLD."resolved_by_id" IS DISTINCT FROM (NEW."resolved_by_id") OR OLD."via" IS DISTINCT FROM (NEW."via"))',
                            func='INSERT INTO "scheduling_answerevent" ("appointment_id", "at", "client_id", "facts_version", "guardian_id", "id", "kind", "message_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resolved_at", "resolved_by_id", "via") VALUES (NEW."appointment_id", NEW."at", NEW."client_id", NEW."facts_version", NEW."guardian_id", NEW."id", NEW."kind", NEW."message_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."resolved_at", NEW."resolved_by_id", NEW."via"); RETURN NULL;',
                            hash="2e85607f3475e6b4eeefef2a8ffab898928084aa",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_54438",
                            table="scheduling_answer",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="answer",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_answerevent" ("appointment_id", "at", "client_id", "facts_version", "guardian_id", "id", "kind", "message_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resolved_at", "resolved_by_id", "via") VALUES (OLD."appointment_id", OLD."at", OLD."client_id", OLD."facts_version", OLD."guardian_id", OLD."id", OLD."kind", OLD."message_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."resolved_at", OLD."resolved_by_id", OLD."via"); RETURN NULL;',
                            hash="40734ebaba1f92e5a62ca23cb7af39c0a6b67da8",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_c4987",
                            table="scheduling_answer",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="answerevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="18db7e506a36673365caf76e6054c02474791723",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_9144b",
                            table="scheduling_answerevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="messageresolution",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_messageresolutionevent" ("at", "by_id", "decision", "id", "message_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."at", NEW."by_id", NEW."decision", NEW."id", NEW."message_id", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="9c2c35940068169585a3a77a771616848d3fd9cc",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_6c709",
                            table="scheduling_messageresolution",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="messageresolution",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_messageresolutionevent" ("at", "by_id", "decision", "id", "message_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."at", NEW."by_id", NEW."decision", NEW."id", NEW."message_id", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="3ed0d773ef2e665348717cdb788b9b2897120b3f",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_76786",
                            table="scheduling_messageresolution",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="messageresolution",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_messageresolutionevent" ("at", "by_id", "decision", "id", "message_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."at", OLD."by_id", OLD."decision", OLD."id", OLD."message_id", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="e6f9d075cec050fe64c611a7642fcc941179ae7f",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_41cce",
                            table="scheduling_messageresolution",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="messageresolutionevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="f008e8874924e4240d0ffa6406933a167099d8ec",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_7bd1c",
                            table="scheduling_messageresolutionevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reminderplan",
                    trigger=pgtrigger.compiler.Trigger(
                        name="noting_change",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF TG_OP = 'UPDATE' AND ROW(OLD.session_type_id, OLD.client_id, OLD.notices_by, OLD.tells_booked, OLD.tells_moved, OLD.tells_cancelled) IS NOT DISTINCT FROM ROW(NEW.session_type_id, NEW.client_id, NEW.notices_by, NEW.tells_booked, NEW.tells_moved, NEW.tells_cancelled) THEN RETURN NULL; END IF;\n            IF TG_OP <> 'DELETE' THEN INSERT INTO scheduling_planchange (session_type_id) SELECT NEW.session_type_id WHERE NEW.client_id IS NULL; INSERT INTO clients_contactchange (client_id) SELECT NEW.client_id WHERE NEW.client_id IS NOT NULL; END IF;\n            IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(OLD.session_type_id, OLD.client_id) IS DISTINCT FROM ROW(NEW.session_type_id, NEW.client_id)) THEN\n              INSERT INTO scheduling_planchange (session_type_id) SELECT OLD.session_type_id WHERE OLD.client_id IS NULL; INSERT INTO clients_contactchange (client_id) SELECT OLD.client_id WHERE OLD.client_id IS NOT NULL;\n            END IF;\n            RETURN NULL;\n        ",
                            hash="dab6554002606e3134a91f11843629a89f66081d",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_noting_change_a5ec9",
                            table="scheduling_reminderplan",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reminderplan",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_reminderplanevent" ("client_id", "id", "notices_by", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_type_id", "tells_booked", "tells_cancelled", "tells_moved") VALUES (NEW."client_id", NEW."id", NEW."notices_by", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."session_type_id", NEW."tells_booked", NEW."tells_cancelled", NEW."tells_moved"); RETURN NULL;',
                            hash="d5ff8510eac21247eb07be152e8583823f9ae931",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_53413",
                            table="scheduling_reminderplan",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reminderplan",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_reminderplanevent" ("client_id", "id", "notices_by", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_type_id", "tells_booked", "tells_cancelled", "tells_moved") VALUES (NEW."client_id", NEW."id", NEW."notices_by", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."session_type_id", NEW."tells_booked", NEW."tells_cancelled", NEW."tells_moved"); RETURN NULL;',
                            hash="bb906428b4de5fddca7635599134ecac32413fe4",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_cc67b",
                            table="scheduling_reminderplan",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reminderplan",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_reminderplanevent" ("client_id", "id", "notices_by", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_type_id", "tells_booked", "tells_cancelled", "tells_moved") VALUES (OLD."client_id", OLD."id", OLD."notices_by", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."session_type_id", OLD."tells_booked", OLD."tells_cancelled", OLD."tells_moved"); RETURN NULL;',
                            hash="89f86366ef59727f846b78592cce664d052862da",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_2b8eb",
                            table="scheduling_reminderplan",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reminderplanevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="405b4b63717d8d853f11e41db9b5f0344f6b41e3",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_01a52",
                            table="scheduling_reminderplanevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="calendarlink",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_calendarlinkevent" ("created_at", "id", "issued_at", "issued_by_id", "label", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "therapist_id") VALUES (NEW."created_at", NEW."id", NEW."issued_at", NEW."issued_by_id", NEW."label", NEW."office_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."revoked_at", NEW."therapist_id"); RETURN NULL;',
                            hash="49b40e6ac0d755dcfb2a6b68f86361758ae7ee96",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_b3b1a",
                            table="scheduling_calendarlink",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="calendarlink",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."issued_by_id" IS DISTINCT FROM (NEW."issued_by_id") OR OLD."label" IS DISTINCT FROM (NEW."label") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."therapist_id" IS DISTINCT FROM (NEW."therapist_id"))',
                            func='INSERT INTO "scheduling_calendarlinkevent" ("created_at", "id", "issued_at", "issued_by_id", "label", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "therapist_id") VALUES (NEW."created_at", NEW."id", NEW."issued_at", NEW."issued_by_id", NEW."label", NEW."office_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."revoked_at", NEW."therapist_id"); RETURN NULL;',
                            hash="5fecf71a8b0dc6587739585c79e26b38a2cf68df",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f08c1",
                            table="scheduling_calendarlink",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="calendarlink",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_calendarlinkevent" ("created_at", "id", "issued_at", "issued_by_id", "label", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "therapist_id") VALUES (OLD."created_at", OLD."id", OLD."issued_at", OLD."issued_by_id", OLD."label", OLD."office_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."revoked_at", OLD."therapist_id"); RETURN NULL;',
                            hash="b540c8937f2c5edea43efa759de9f78ebcf817c7",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_78441",
                            table="scheduling_calendarlink",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="calendarlinkevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="2058ca4ccdaaaf7dcde269d39a935273db3ea5f9",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_1c6e2",
                            table="scheduling_calendarlinkevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intake",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_intakeevent" ("by_video", "changed_at", "closed_because", "consent_basis", "created_at", "created_by_id", "for_whom", "genders", "id", "language", "languages", "main_concern_id", "musts", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "settled_at", "settled_by_id", "source", "start_within_days", "state", "status", "telehealth_consent_on", "time_from", "time_to", "version", "wants_email", "wants_sms", "weekdays") VALUES (NEW."by_video", NEW."changed_at", NEW."closed_because", NEW."consent_basis", NEW."created_at", NEW."created_by_id", NEW."for_whom", NEW."genders", NEW."id", NEW."language", NEW."languages", NEW."main_concern_id", NEW."musts", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."settled_at", NEW."settled_by_id", NEW."source", NEW."start_within_days", NEW."state", NEW."status", NEW."telehealth_consent_on", NEW."time_from", NEW."time_to", NEW."version", NEW."wants_email", NEW."wants_sms", NEW."weekdays"); RETURN NULL;',
                            hash="c1d8f24feee8f57271189d228c8a584f53eeecca",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_60d75",
                            table="scheduling_intake",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intake",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_intakeevent" ("by_video", "changed_at", "closed_because", "consent_basis", "created_at", "created_by_id", "for_whom", "genders", "id", "language", "languages", "main_concern_id", "musts", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "settled_at", "settled_by_id", "source", "start_within_days", "state", "status", "telehealth_consent_on", "time_from", "time_to", "version", "wants_email", "wants_sms", "weekdays") VALUES (NEW."by_video", NEW."changed_at", NEW."closed_because", NEW."consent_basis", NEW."created_at", NEW."created_by_id", NEW."for_whom", NEW."genders", NEW."id", NEW."language", NEW."languages", NEW."main_concern_id", NEW."musts", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."settled_at", NEW."settled_by_id", NEW."source", NEW."start_within_days", NEW."state", NEW."status", NEW."telehealth_consent_on", NEW."time_from", NEW."time_to", NEW."version", NEW."wants_email", NEW."wants_sms", NEW."weekdays"); RETURN NULL;',
                            hash="c7731bbcf44762622b0eabe43601523abda163bb",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b958c",
                            table="scheduling_intake",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intake",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_intakeevent" ("by_video", "changed_at", "closed_because", "consent_basis", "created_at", "created_by_id", "for_whom", "genders", "id", "language", "languages", "main_concern_id", "musts", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "settled_at", "settled_by_id", "source", "start_within_days", "state", "status", "telehealth_consent_on", "time_from", "time_to", "version", "wants_email", "wants_sms", "weekdays") VALUES (OLD."by_video", OLD."changed_at", OLD."closed_because", OLD."consent_basis", OLD."created_at", OLD."created_by_id", OLD."for_whom", OLD."genders", OLD."id", OLD."language", OLD."languages", OLD."main_concern_id", OLD."musts", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."settled_at", OLD."settled_by_id", OLD."source", OLD."start_within_days", OLD."state", OLD."status", OLD."telehealth_consent_on", OLD."time_from", OLD."time_to", OLD."version", OLD."wants_email", OLD."wants_sms", OLD."weekdays"); RETURN NULL;',
                            hash="301dd95f39fc0d5ea23900a39f4b698c8b08a14f",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_9d239",
                            table="scheduling_intake",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakeevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="02a331e9377a7b2a3a65605a4755d6707ed7ab0c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_23354",
                            table="scheduling_intakeevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakeperson",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_intakepersonevent" ("age", "born_on", "client_id", "email", "first_name", "id", "intake_id", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "preferred_name", "pronouns", "relationship", "role") VALUES (NEW."age", NEW."born_on", NEW."client_id", NEW."email", NEW."first_name", NEW."id", NEW."intake_id", NEW."last_name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."position", NEW."preferred_name", NEW."pronouns", NEW."relationship", NEW."role"); RETURN NULL;',
                            hash="180f08192809d811b5946eb62510c69dbfe07200",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_7291e",
                            table="scheduling_intakeperson",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakeperson",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_intakepersonevent" ("age", "born_on", "client_id", "email", "first_name", "id", "intake_id", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "preferred_name", "pronouns", "relationship", "role") VALUES (NEW."age", NEW."born_on", NEW."client_id", NEW."email", NEW."first_name", NEW."id", NEW."intake_id", NEW."last_name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."position", NEW."preferred_name", NEW."pronouns", NEW."relationship", NEW."role"); RETURN NULL;',
                            hash="857aefb6959c296d0242e7b3342552d8a891c139",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_1f83d",
                            table="scheduling_intakeperson",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakeperson",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_intakepersonevent" ("age", "born_on", "client_id", "email", "first_name", "id", "intake_id", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "preferred_name", "pronouns", "relationship", "role") VALUES (OLD."age", OLD."born_on", OLD."client_id", OLD."email", OLD."first_name", OLD."id", OLD."intake_id", OLD."last_name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."position", OLD."preferred_name", OLD."pronouns", OLD."relationship", OLD."role"); RETURN NULL;',
                            hash="929957b93f3181c1db9d623b1b5447b21944345c",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ef612",
                            table="scheduling_intakeperson",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakepersonevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="37cf39063c6294ce9c95538d4d44399fc7290adf",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ea802",
                            table="scheduling_intakepersonevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakewords",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="4a98806ed1576fae70fdb73ea7840231967db769",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_82dd9",
                            table="scheduling_intakewords",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="match",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_matchevent" ("created_at", "created_by_id", "excluded", "facts", "id", "intake_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ranked", "weights_id") VALUES (NEW."created_at", NEW."created_by_id", NEW."excluded", NEW."facts", NEW."id", NEW."intake_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."ranked", NEW."weights_id"); RETURN NULL;',
                            hash="e9ec706984a82889a8d522cbb3e05fb2c1cd4b40",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_f432f",
                            table="scheduling_match",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="match",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_matchevent" ("created_at", "created_by_id", "excluded", "facts", "id", "intake_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ranked", "weights_id") VALUES (NEW."created_at", NEW."created_by_id", NEW."excluded", NEW."facts", NEW."id", NEW."intake_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."ranked", NEW."weights_id"); RETURN NULL;',
                            hash="155ab0cecffecaf0f8bf9283790308570b6d71c7",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_76315",
                            table="scheduling_match",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="match",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_matchevent" ("created_at", "created_by_id", "excluded", "facts", "id", "intake_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ranked", "weights_id") VALUES (OLD."created_at", OLD."created_by_id", OLD."excluded", OLD."facts", OLD."id", OLD."intake_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."ranked", OLD."weights_id"); RETURN NULL;',
                            hash="8b42cc7cddee97ebcfb066a55b031ee029d863f4",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_309bd",
                            table="scheduling_match",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="matchweights",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="0a90ddbfea5df763305e3028278312a362c69970",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_20bae",
                            table="scheduling_matchweights",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="matchevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="b21e6c180d747bf9876bf9a8a89039bb56b40da0",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_83f5f",
                            table="scheduling_matchevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guarantee",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_guaranteeevent" ("client_id", "created_at", "created_by_id", "credit_until", "currency", "current_id", "id", "intake_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refund_cents", "settled_at", "settled_because", "settled_by_id", "state", "version") VALUES (NEW."client_id", NEW."created_at", NEW."created_by_id", NEW."credit_until", NEW."currency", NEW."current_id", NEW."id", NEW."intake_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."refund_cents", NEW."settled_at", NEW."settled_because", NEW."settled_by_id", NEW."state", NEW."version"); RETURN NULL;',
                            hash="664aa69f6ad8c9352a016db414dc526b25b72a5c",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_855c9",
                            table="scheduling_guarantee",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guarantee",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_guaranteeevent" ("client_id", "created_at", "created_by_id", "credit_until", "currency", "current_id", "id", "intake_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refund_cents", "settled_at", "settled_because", "settled_by_id", "state", "version") VALUES (NEW."client_id", NEW."created_at", NEW."created_by_id", NEW."credit_until", NEW."currency", NEW."current_id", NEW."id", NEW."intake_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."refund_cents", NEW."settled_at", NEW."settled_because", NEW."settled_by_id", NEW."state", NEW."version"); RETURN NULL;',
                            hash="d68ed980cdaa0b82bf7c57ac3599839e9f73ae02",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_9003a",
                            table="scheduling_guarantee",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guarantee",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_guaranteeevent" ("client_id", "created_at", "created_by_id", "credit_until", "currency", "current_id", "id", "intake_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "refund_cents", "settled_at", "settled_because", "settled_by_id", "state", "version") VALUES (OLD."client_id", OLD."created_at", OLD."created_by_id", OLD."credit_until", OLD."currency", OLD."current_id", OLD."id", OLD."intake_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."refund_cents", OLD."settled_at", OLD."settled_because", OLD."settled_by_id", OLD."state", OLD."version"); RETURN NULL;',
                            hash="778e647282c8e5993804bdbe3c03fe9ec221f1a9",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_2490b",
                            table="scheduling_guarantee",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guarantee",
                    trigger=pgtrigger.compiler.Trigger(
                        name="transitions",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE _is_valid_transition BOOLEAN;",
                            func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{intake:matched,matched:continues,matched:refund_asked,matched:rematch_asked,refund_asked:declined,refund_asked:refunded,rematch_asked:matched,rematch_asked:refund_asked}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                            hash="31ecea69829f3673de2cd1efc2cb89a7542a4d2d",
                            operation="UPDATE",
                            pgid="pgtrigger_transitions_ef1e4",
                            table="scheduling_guarantee",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guaranteeevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="771c44f81571afb9c278be49f0fd65f090b3131d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e32ce",
                            table="scheduling_guaranteeevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guaranteeround",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_guaranteeroundevent" ("guarantee_id", "id", "match_id", "matched_at", "matched_by_id", "number", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "said_by", "therapist_id", "told_at", "told_to_id", "trial_id") VALUES (NEW."guarantee_id", NEW."id", NEW."match_id", NEW."matched_at", NEW."matched_by_id", NEW."number", NEW."outcome", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."said_by", NEW."therapist_id", NEW."told_at", NEW."told_to_id", NEW."trial_id"); RETURN NULL;',
                            hash="af07fd246301ffb7d15353cf22d87ad773ebdd66",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_e5ae9",
                            table="scheduling_guaranteeround",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guaranteeround",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_guaranteeroundevent" ("guarantee_id", "id", "match_id", "matched_at", "matched_by_id", "number", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "said_by", "therapist_id", "told_at", "told_to_id", "trial_id") VALUES (NEW."guarantee_id", NEW."id", NEW."match_id", NEW."matched_at", NEW."matched_by_id", NEW."number", NEW."outcome", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."said_by", NEW."therapist_id", NEW."told_at", NEW."told_to_id", NEW."trial_id"); RETURN NULL;',
                            hash="0deb22341b3cc9dad50f150712eeab3a3d98853c",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e3303",
                            table="scheduling_guaranteeround",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guaranteeround",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_guaranteeroundevent" ("guarantee_id", "id", "match_id", "matched_at", "matched_by_id", "number", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "said_by", "therapist_id", "told_at", "told_to_id", "trial_id") VALUES (OLD."guarantee_id", OLD."id", OLD."match_id", OLD."matched_at", OLD."matched_by_id", OLD."number", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."said_by", OLD."therapist_id", OLD."told_at", OLD."told_to_id", OLD."trial_id"); RETURN NULL;',
                            hash="98087db088e229e5078a826f071e4836ec46828f",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_8ec87",
                            table="scheduling_guaranteeround",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guaranteeroundevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="5999bb4b44076b673d3d72f3abb1b3ee6897e215",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_4020a",
                            table="scheduling_guaranteeroundevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guaranteewords",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="290191585c6e4d1bd444435d3d83f34def9135fb",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2cc98",
                            table="scheduling_guaranteewords",
                            when="BEFORE",
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
                pgtrigger.migrations.AddTrigger(
                    model_name="intakemodality",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_intakemodalityevent" ("id", "intake_id", "modality_id", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."id", NEW."intake_id", NEW."modality_id", _pgh_attach_context(), NOW(), \'insert\'); RETURN NULL;',
                            hash="69866046b09ef2b4fd2445961eecafced7076fb4",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_19841",
                            table="scheduling_intake_modalities",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakemodality",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_intakemodalityevent" ("id", "intake_id", "modality_id", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."id", NEW."intake_id", NEW."modality_id", _pgh_attach_context(), NOW(), \'update\'); RETURN NULL;',
                            hash="85476d0cad65f8a403934083011fde2e846d49e4",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_7c935",
                            table="scheduling_intake_modalities",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakemodality",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_intakemodalityevent" ("id", "intake_id", "modality_id", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (OLD."id", OLD."intake_id", OLD."modality_id", _pgh_attach_context(), NOW(), \'delete\'); RETURN NULL;',
                            hash="630f73356bf74aef7c6e7af8ac85bc1d8e3bf395",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_42e94",
                            table="scheduling_intake_modalities",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakeoffice",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_intakeofficeevent" ("id", "intake_id", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."id", NEW."intake_id", NEW."office_id", _pgh_attach_context(), NOW(), \'insert\'); RETURN NULL;',
                            hash="f2e1b2f460d77464db5b062d1eb77243562b854f",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_03aba",
                            table="scheduling_intake_offices",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakeoffice",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_intakeofficeevent" ("id", "intake_id", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."id", NEW."intake_id", NEW."office_id", _pgh_attach_context(), NOW(), \'update\'); RETURN NULL;',
                            hash="3e2f860777fd01fa42c0a1c30323e2746b46cc24",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_93c2c",
                            table="scheduling_intake_offices",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakeoffice",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_intakeofficeevent" ("id", "intake_id", "office_id", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (OLD."id", OLD."intake_id", OLD."office_id", _pgh_attach_context(), NOW(), \'delete\'); RETURN NULL;',
                            hash="db7e1843b7b23569dd59d846f1424c76bad040c3",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_0001f",
                            table="scheduling_intake_offices",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakeotherconcern",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_intakeotherconcernevent" ("id", "intake_id", "pgh_context_id", "pgh_created_at", "pgh_label", "presentingconcern_id") VALUES (NEW."id", NEW."intake_id", _pgh_attach_context(), NOW(), \'insert\', NEW."presentingconcern_id"); RETURN NULL;',
                            hash="2557650d2e27b881a27ed15a45f98f5ac0766254",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_b8499",
                            table="scheduling_intake_other_concerns",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakeotherconcern",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_intakeotherconcernevent" ("id", "intake_id", "pgh_context_id", "pgh_created_at", "pgh_label", "presentingconcern_id") VALUES (NEW."id", NEW."intake_id", _pgh_attach_context(), NOW(), \'update\', NEW."presentingconcern_id"); RETURN NULL;',
                            hash="ea51459e2da41c8dd8e5fda6b898f3f4296ac9cc",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_3669e",
                            table="scheduling_intake_other_concerns",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakeotherconcern",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_intakeotherconcernevent" ("id", "intake_id", "pgh_context_id", "pgh_created_at", "pgh_label", "presentingconcern_id") VALUES (OLD."id", OLD."intake_id", _pgh_attach_context(), NOW(), \'delete\', OLD."presentingconcern_id"); RETURN NULL;',
                            hash="c0374e3b3577f9d79aa61d4b3e49bab49549522b",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_eb72d",
                            table="scheduling_intake_other_concerns",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakemodalityevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="2595155583c01c84a3e80b5553620aaf0a3c5689",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_02f4c",
                            table="scheduling_intakemodalityevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakeofficeevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="800816a67a6edfd1621fd222a624e18b1a067974",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_7a963",
                            table="scheduling_intakeofficeevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="intakeotherconcernevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="83ebe0f73d6dc0d6ef6eb981e84cb1d4835d26e7",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_6fbf9",
                            table="scheduling_intakeotherconcernevent",
                            when="BEFORE",
                        ),
                    ),
                ),
            ],
        ),
    ]
