import datetime

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import phonenumber_field.modelfields
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

import clients.folding
import config.ids
from config.at_once import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("clients", "0002_guardian_consent"),
        ("clients", "0003_contact_changes"),
        ("clients", "0004_opt_outs"),
        ("clients", "0005_contact_change_since"),
        ("clients", "0006_folded_names"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        TrigramExtension(),
        AtOnce(
            [
                migrations.CreateModel(
                    name="ClientEvent",
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
                        ("first_name", models.CharField(max_length=100)),
                        ("last_name", models.CharField(max_length=100)),
                        (
                            "preferred_name",
                            models.CharField(blank=True, max_length=100),
                        ),
                        ("pronouns", models.CharField(blank=True, max_length=50)),
                        ("born_on", models.DateField()),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        (
                            "phone",
                            phonenumber_field.modelfields.PhoneNumberField(
                                blank=True, max_length=128, region=None
                            ),
                        ),
                        ("state", models.CharField(default="CA", max_length=2)),
                        ("language", models.CharField(default="en", max_length=2)),
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
                        ("guardian_contact_ok", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
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
                                to="clients.client",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="ContactConsent",
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
                            "channel",
                            models.CharField(
                                choices=[("sms", "Text message"), ("email", "E-mail")],
                                max_length=5,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("granted", "Granted"),
                                    ("revoked", "Revoked"),
                                ],
                                max_length=7,
                            ),
                        ),
                        ("source", models.CharField(max_length=50)),
                        ("at", models.DateTimeField()),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contact_consents",
                                to="clients.client",
                            ),
                        ),
                        (
                            "guardian",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contact_consents",
                                to="clients.guardian",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["client", "channel", "-at", "-id"],
                                name="contact_consent_newest",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("channel__in", ["sms", "email"])),
                                name="contact_consent_channel",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["granted", "revoked"])
                                ),
                                name="contact_consent_status",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactConsentEvent",
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
                            "channel",
                            models.CharField(
                                choices=[("sms", "Text message"), ("email", "E-mail")],
                                max_length=5,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("granted", "Granted"),
                                    ("revoked", "Revoked"),
                                ],
                                max_length=7,
                            ),
                        ),
                        ("source", models.CharField(max_length=50)),
                        ("at", models.DateTimeField()),
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
                                to="clients.contactconsent",
                            ),
                        ),
                        (
                            "guardian",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.guardian",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Guardian",
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
                        ("first_name", models.CharField(max_length=100)),
                        ("last_name", models.CharField(max_length=100)),
                        ("relationship", models.CharField(blank=True, max_length=50)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        (
                            "phone",
                            phonenumber_field.modelfields.PhoneNumberField(
                                blank=True, max_length=128, region=None
                            ),
                        ),
                        ("receives_messages", models.BooleanField(default=True)),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="guardians",
                                to="clients.client",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["phone"], name="guardian_by_phone")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("email", ""), _negated=True),
                                    models.Q(("phone", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="guardian_reachable",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GuardianEvent",
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
                        ("first_name", models.CharField(max_length=100)),
                        ("last_name", models.CharField(max_length=100)),
                        ("relationship", models.CharField(blank=True, max_length=50)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        (
                            "phone",
                            phonenumber_field.modelfields.PhoneNumberField(
                                blank=True, max_length=128, region=None
                            ),
                        ),
                        ("receives_messages", models.BooleanField(default=True)),
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
                                to="clients.guardian",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="PresentingConcern",
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
                        ("is_active", models.BooleanField(default=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="PresentingConcernEvent",
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
                                to="clients.presentingconcern",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="AccessLog",
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
                            "clients",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), size=None
                            ),
                        ),
                        ("action", models.CharField(max_length=20)),
                        ("request_id", models.CharField(blank=True, max_length=64)),
                        ("at", models.DateTimeField(auto_now_add=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["clients"], name="access_log_by_client"
                            ),
                            models.Index(
                                fields=["user", "at"], name="access_log_by_user"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Client",
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
                        ("first_name", models.CharField(max_length=100)),
                        ("last_name", models.CharField(max_length=100)),
                        (
                            "preferred_name",
                            models.CharField(blank=True, max_length=100),
                        ),
                        ("pronouns", models.CharField(blank=True, max_length=50)),
                        ("born_on", models.DateField()),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        (
                            "phone",
                            phonenumber_field.modelfields.PhoneNumberField(
                                blank=True, max_length=128, region=None
                            ),
                        ),
                        ("state", models.CharField(default="CA", max_length=2)),
                        ("language", models.CharField(default="en", max_length=2)),
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
                        ("guardian_contact_ok", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["email"],
                                name="client_by_email_piece",
                                opclasses=["gin_trgm_ops"],
                            ),
                            models.Index(
                                fields=["last_name", "first_name", "id"],
                                name="client_by_name",
                            ),
                            models.Index(fields=["phone"], name="client_by_phone"),
                            models.Index(fields=["born_on"], name="client_by_birthday"),
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass(
                                    clients.folding.Folded(
                                        "first_name", "last_name", "preferred_name"
                                    ),
                                    name="gin_trgm_ops",
                                ),
                                name="client_by_folded_name",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("first_name", ""), _negated=True),
                                    models.Q(("last_name", ""), _negated=True),
                                ),
                                name="client_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("email", ""), _negated=True),
                                    models.Q(("phone", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="client_reachable",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("born_on__gte", datetime.date(1900, 1, 1))
                                ),
                                name="client_born_since_1900",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactChange",
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
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clients.client",
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
                    name="OptOut",
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
                            "phone",
                            phonenumber_field.modelfields.PhoneNumberField(
                                max_length=128, region=None
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("granted", "Granted"),
                                    ("revoked", "Revoked"),
                                ],
                                max_length=7,
                            ),
                        ),
                        ("source", models.CharField(max_length=50)),
                        ("at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["phone", "-at", "-id"], name="opt_out_newest"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["granted", "revoked"])
                                ),
                                name="opt_out_status",
                            )
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="clientevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="80c22ec4a1df4225284700a4524ea7870d75db51",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2989c",
                            table="clients_clientevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="contactconsent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clients_contactconsentevent" ("at", "channel", "client_id", "guardian_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "status") VALUES (NEW."at", NEW."channel", NEW."client_id", NEW."guardian_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."status"); RETURN NULL;',
                            hash="e7a430f9a6be5e91398bc9a77f05168a465c2476",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_5bdff",
                            table="clients_contactconsent",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="contactconsent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clients_contactconsentevent" ("at", "channel", "client_id", "guardian_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "status") VALUES (NEW."at", NEW."channel", NEW."client_id", NEW."guardian_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."status"); RETURN NULL;',
                            hash="26fe638ce2c09680864821bee3d84c1090623c4c",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d35fd",
                            table="clients_contactconsent",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="contactconsent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clients_contactconsentevent" ("at", "channel", "client_id", "guardian_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "status") VALUES (OLD."at", OLD."channel", OLD."client_id", OLD."guardian_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."status"); RETURN NULL;',
                            hash="2c1e1a40027cadb0552f0cec9c20b70b687d7aa5",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_3ee8d",
                            table="clients_contactconsent",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="contactconsent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="noting_change",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF TG_OP = 'UPDATE' AND ROW(OLD.client_id, OLD.guardian_id, OLD.channel, OLD.status, OLD.at) IS NOT DISTINCT FROM ROW(NEW.client_id, NEW.guardian_id, NEW.channel, NEW.status, NEW.at) THEN RETURN NULL; END IF;\n            IF TG_OP <> 'DELETE' THEN INSERT INTO clients_contactchange (client_id) VALUES (NEW.client_id); END IF;\n            IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(OLD.client_id) IS DISTINCT FROM ROW(NEW.client_id)) THEN\n              INSERT INTO clients_contactchange (client_id) VALUES (OLD.client_id);\n            END IF;\n            RETURN NULL;\n        ",
                            hash="3c114f8f54c94310c43875f4f46dc9a8eaba4b9c",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_noting_change_ca67a",
                            table="clients_contactconsent",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="contactconsentevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="a9f2c862cf89a4ec9296613ef8de8fa8aca584cb",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_6ec26",
                            table="clients_contactconsentevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guardian",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clients_guardianevent" ("client_id", "email", "first_name", "id", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "receives_messages", "relationship") VALUES (NEW."client_id", NEW."email", NEW."first_name", NEW."id", NEW."last_name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."receives_messages", NEW."relationship"); RETURN NULL;',
                            hash="d8e8ae74bc269c94cdfda18de718fcb2b9f59ce0",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_457a4",
                            table="clients_guardian",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guardian",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clients_guardianevent" ("client_id", "email", "first_name", "id", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "receives_messages", "relationship") VALUES (NEW."client_id", NEW."email", NEW."first_name", NEW."id", NEW."last_name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."receives_messages", NEW."relationship"); RETURN NULL;',
                            hash="574ef4a413006b7916f1678a35702a84d91427e0",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_48afa",
                            table="clients_guardian",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guardian",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clients_guardianevent" ("client_id", "email", "first_name", "id", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "receives_messages", "relationship") VALUES (OLD."client_id", OLD."email", OLD."first_name", OLD."id", OLD."last_name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."receives_messages", OLD."relationship"); RETURN NULL;',
                            hash="201ca47f105c43e99c9878c0bb48ff72734f9658",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_07d4f",
                            table="clients_guardian",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guardian",
                    trigger=pgtrigger.compiler.Trigger(
                        name="noting_change",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF TG_OP = 'UPDATE' AND ROW(OLD.client_id, OLD.email, OLD.phone, OLD.receives_messages) IS NOT DISTINCT FROM ROW(NEW.client_id, NEW.email, NEW.phone, NEW.receives_messages) THEN RETURN NULL; END IF;\n            IF TG_OP <> 'DELETE' THEN INSERT INTO clients_contactchange (client_id) VALUES (NEW.client_id); END IF;\n            IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND ROW(OLD.client_id) IS DISTINCT FROM ROW(NEW.client_id)) THEN\n              INSERT INTO clients_contactchange (client_id) VALUES (OLD.client_id);\n            END IF;\n            RETURN NULL;\n        ",
                            hash="e471a623ffc2e9bcf9f2be16b062407528e10632",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_noting_change_c6b5b",
                            table="clients_guardian",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="guardianevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="1584f93047c28c7acfaa932a960d582b14338cce",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_5e5c6",
                            table="clients_guardianevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="presentingconcern",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clients_presentingconcernevent" ("id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug") VALUES (NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."slug"); RETURN NULL;',
                            hash="eff877a17c2c6134590b5a353a3d0144c45c1fb3",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_af821",
                            table="clients_presentingconcern",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="presentingconcern",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clients_presentingconcernevent" ("id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug") VALUES (NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."slug"); RETURN NULL;',
                            hash="6a87376c7be171351bfc38cdf5166930193a1b41",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_5a37d",
                            table="clients_presentingconcern",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="presentingconcern",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clients_presentingconcernevent" ("id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug") VALUES (OLD."id", OLD."is_active", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."slug"); RETURN NULL;',
                            hash="050c9f2cb60114987218a005ab34a01e5c63ea61",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_7e07d",
                            table="clients_presentingconcern",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="presentingconcernevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="8e7b1c581b7a2c57fa0b3cd78d72245a354723d6",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_208db",
                            table="clients_presentingconcernevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="accesslog",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="cc0a9ce7b85488f69fc4abeedf9260d600e81e38",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_69214",
                            table="clients_accesslog",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="client",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clients_clientevent" ("born_on", "consent_basis", "created_at", "email", "first_name", "guardian_contact_ok", "id", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "preferred_name", "pronouns", "state", "telehealth_consent_on", "wants_email", "wants_sms") VALUES (NEW."born_on", NEW."consent_basis", NEW."created_at", NEW."email", NEW."first_name", NEW."guardian_contact_ok", NEW."id", NEW."language", NEW."last_name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."preferred_name", NEW."pronouns", NEW."state", NEW."telehealth_consent_on", NEW."wants_email", NEW."wants_sms"); RETURN NULL;',
                            hash="aa6febd0ecfa6e39ba47cf40ffa024b2dfaae598",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_a5391",
                            table="clients_client",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="client",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clients_clientevent" ("born_on", "consent_basis", "created_at", "email", "first_name", "guardian_contact_ok", "id", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "preferred_name", "pronouns", "state", "telehealth_consent_on", "wants_email", "wants_sms") VALUES (NEW."born_on", NEW."consent_basis", NEW."created_at", NEW."email", NEW."first_name", NEW."guardian_contact_ok", NEW."id", NEW."language", NEW."last_name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."preferred_name", NEW."pronouns", NEW."state", NEW."telehealth_consent_on", NEW."wants_email", NEW."wants_sms"); RETURN NULL;',
                            hash="1cfbdb6db8fd20c59d94ff1571f3b2e33f4f724c",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_757e7",
                            table="clients_client",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="client",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clients_clientevent" ("born_on", "consent_basis", "created_at", "email", "first_name", "guardian_contact_ok", "id", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "preferred_name", "pronouns", "state", "telehealth_consent_on", "wants_email", "wants_sms") VALUES (OLD."born_on", OLD."consent_basis", OLD."created_at", OLD."email", OLD."first_name", OLD."guardian_contact_ok", OLD."id", OLD."language", OLD."last_name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."preferred_name", OLD."pronouns", OLD."state", OLD."telehealth_consent_on", OLD."wants_email", OLD."wants_sms"); RETURN NULL;',
                            hash="ace4e40ea06ff89e0d27c3ebc124029ab489e239",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_f8895",
                            table="clients_client",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="client",
                    trigger=pgtrigger.compiler.Trigger(
                        name="noting_change",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF TG_OP = 'UPDATE' AND ROW(OLD.born_on, OLD.email, OLD.phone, OLD.wants_sms, OLD.wants_email, OLD.consent_basis, OLD.guardian_contact_ok) IS NOT DISTINCT FROM ROW(NEW.born_on, NEW.email, NEW.phone, NEW.wants_sms, NEW.wants_email, NEW.consent_basis, NEW.guardian_contact_ok) THEN RETURN NULL; END IF;\n            IF TG_OP <> 'DELETE' THEN INSERT INTO clients_contactchange (client_id) VALUES (NEW.id); END IF;\n            IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND false) THEN\n              INSERT INTO clients_contactchange (client_id) VALUES (OLD.id);\n            END IF;\n            RETURN NULL;\n        ",
                            hash="d35e8835fae024f5913147708e721b094505628e",
                            operation="UPDATE",
                            pgid="pgtrigger_noting_change_6dd11",
                            table="clients_client",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="optout",
                    trigger=pgtrigger.compiler.Trigger(
                        name="noting_change",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF TG_OP = 'UPDATE' AND ROW(OLD.phone) IS NOT DISTINCT FROM ROW(NEW.phone) THEN RETURN NULL; END IF;\n            IF TG_OP <> 'DELETE' THEN INSERT INTO clients_contactchange (client_id) SELECT id FROM clients_client WHERE phone = NEW.phone UNION SELECT client_id FROM clients_guardian WHERE phone = NEW.phone; END IF;\n            IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND false) THEN\n              INSERT INTO clients_contactchange (client_id) SELECT id FROM clients_client WHERE phone = OLD.phone UNION SELECT client_id FROM clients_guardian WHERE phone = OLD.phone;\n            END IF;\n            RETURN NULL;\n        ",
                            hash="6714d5a5b110d9e3a18e66c849519e009a12f600",
                            operation="INSERT",
                            pgid="pgtrigger_noting_change_d1ede",
                            table="clients_optout",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="optout",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="1d7a62da1cd76fa97e69c7d6c6930ab00784c7b3",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_9a4f0",
                            table="clients_optout",
                            when="BEFORE",
                        ),
                    ),
                ),
            ],
        ),
    ]
