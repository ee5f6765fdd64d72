import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# The earliest of a client's free sessions stays so.
ONE_FREE_SESSION = """
UPDATE scheduling_attendance AS part
SET fee = 'none', fee_reason = '', fee_decided_by_id = NULL, fee_decided_at = NULL
WHERE fee = 'free' AND status IN ('expected', 'attended') AND EXISTS (
  SELECT FROM scheduling_attendance AS earlier
  WHERE earlier.client_id = part.client_id AND earlier.fee = 'free'
    AND earlier.status IN ('expected', 'attended')
    AND (earlier.starts_at, earlier.id) < (part.starts_at, part.id))
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0005_contact_change_since"),
        ("scheduling", "0018_waitlist"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="guarantee",
            name="transitions",
        ),
        migrations.AlterField(
            model_name="guaranteewords",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="words",
                to="scheduling.guaranteeround",
            ),
        ),
        migrations.RunSQL(ONE_FREE_SESSION, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("fee", "free"), ("status__in", ("expected", "attended"))
                ),
                fields=("client",),
                name="attendance_free_once",
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
    ]
