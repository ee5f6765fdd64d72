"""The product's own Celery app, with another clock or other settings.

`FAULTS_CLOCK` is how many seconds the process is ahead, `FAULTS_CELERY` is JSON that
goes over the settings.
"""

import json
import os
import time

import time_machine

SHIFT = float(os.environ.get("FAULTS_CLOCK", "0"))
if SHIFT:  # before Celery reads the clock for the first time
    time_machine.travel(time.time() + SHIFT, tick=True).start()

from config.celery import app  # noqa: E402

for _name, _value in json.loads(os.environ.get("FAULTS_CELERY", "{}")).items():
    if isinstance(_value, dict):
        app.conf[_name] = {**app.conf[_name], **_value}
    else:
        app.conf[_name] = _value
