"""How reminders are usually sent with Celery: a task with an ETA for each of them.

The control of the runs. The task knows whom to tell what, and tells them.
"""

import os
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from celery import Celery

# For what nobody has acknowledged: each second, where by default it is every hundred.
LOOKS_OFTEN = {"unacked_restore_interval": 1, "unacked_restore_throttle": 1}

app = Celery("tests.faults.eta")
app.conf.update(
    broker_url=os.environ.get("ETA_BROKER"),
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": float(os.environ.get("ETA_VISIBILITY", "3600")),
        **LOOKS_OFTEN,
    },
)


@app.task  # type: ignore[untyped-decorator]  # Celery ships no types
def remind(phone: str, words: str) -> None:
    connection = HTTPConnection(urlsplit(os.environ["TWILIO_URL"]).netloc, timeout=10)
    form = urlencode({"To": phone, "From": "+13105550100", "Body": words})
    path = "/2010-04-01/Accounts/x/Messages.json"
    connection.request(
        "POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"}
    )
    connection.getresponse().read()
    connection.close()
