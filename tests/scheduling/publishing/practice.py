"""A practice with something to publish, and somebody to keep quiet about; and how its
answers are read."""

import json

from scheduling.models import WorkMode
from tests.factories.clients import ClientFactory, PresentingConcernFactory
from tests.factories.locations import OfficeFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    ModalityFactory,
    PracticePolicyFactory,
    SessionTypeFactory,
    TherapistFactory,
)
from tests.times import NEXT_MONDAY, at

MANIFEST = "/api/v1/smart-scheduling/$bulk-publish"
FILES = "/api/v1/smart-scheduling/"
PUBLIC = "/api/v1/public/"


class Practice:
    """Ada in Encino and by video on Mondays, Ben in Venice on Tuesdays, Eve by video
    from home on Thursdays. Cy takes nobody new, Dee has left, and Kim sees children
    only. Ada has a session on the next Monday at ten, and a hold at two."""

    def __init__(self):
        PracticePolicyFactory.create(name="The Practice", minimum_notice_hours=12)
        self.intake = SessionTypeFactory.create(intake=True)
        self.consultation = SessionTypeFactory.create(
            slug="consultation-15",
            name="Free consultation",
            duration_minutes=15,
            buffer_after_minutes=0,
            start_every_minutes=15,
            telehealth_only=True,
            for_new_clients=True,
        )
        self.individual = SessionTypeFactory.create()
        self.kinds = [self.intake, self.consultation, self.individual]
        self.grief = PresentingConcernFactory.create()
        self.ipt = ModalityFactory.create()
        self.cbt = ModalityFactory.create(slug="cbt", name="CBT", abbreviation="CBT")
        self.encino = self._office("encino", phone="+13105550142")
        self.venice = self._office("venice")
        self.closed = self._office("closed", is_active=False)
        self.ada = self.hires("Ada Lima", [self.encino], self.ipt, credentials="PhD")
        self.ben = self.hires("Ben Sato", [self.venice], self.cbt, telehealth=False)
        self.eve = self.hires("Eve Ruiz", [], self.ipt)
        self.cy = self.hires(
            "Cy Quiet", [self.venice], self.ipt, accepts_new_clients=False
        )
        self.dee = self.hires("Dee Gone", [self.venice], self.cbt, is_active=False)
        self.kim = self.hires("Kim Young", [self.venice], age_groups=["child"])
        self.working = [
            self._works(self.ada, self.encino, 0, WorkMode.BOTH),
            self._works(self.ben, self.venice, 1, WorkMode.IN_PERSON),
            self._works(self.eve, None, 3, WorkMode.TELEHEALTH),
        ]
        for therapist in (self.cy, self.dee, self.kim):
            self._works(therapist, self.venice, 2, WorkMode.BOTH)
        self.client = ClientFactory.create()
        self.session = self._session("10:00", clients=[self.client])
        self.hold = self._session("14:00", clients=[], held=True)

    def _office(self, slug, **facts):
        office = OfficeFactory.create(slug=slug, name=slug.title(), **facts)
        RoomFactory.create(office=office)
        return office

    def hires(self, name, offices, *modalities, **facts):
        therapist = TherapistFactory.create(
            display_name=name,
            offices=[*offices, self.closed],
            modalities=modalities,
            session_types=self.kinds,
            **facts,
        )
        therapist.concerns.add(self.grief)
        return therapist

    def _works(self, therapist, office, weekday, mode):
        return AvailabilityRuleFactory.create(
            therapist=therapist, office=office, weekday=weekday, mode=mode
        )

    def _session(self, wall_time, **facts):
        return AppointmentFactory.create(
            therapist=self.ada,
            room=self.encino.rooms.get(),
            session_type=self.individual,
            starts_at=at(NEXT_MONDAY, wall_time),
            note="cries about the divorce",
            **facts,
        )


def read_feed(api):
    """Everything, as a slot finder comes by it: by resource type and id."""
    found = {}
    for entry in api.get(MANIFEST).json()["output"]:
        response = api.get(entry["url"])
        assert response["Content-Type"] == "application/fhir+ndjson"
        for line in response.content.decode().splitlines():
            resource = json.loads(line)
            assert resource["resourceType"] == entry["type"]
            found.setdefault(entry["type"], {})[resource["id"]] = resource
    return found


def actors(feed, slot):
    """Whom and what a slot is with, by type."""
    _, schedule = slot["schedule"]["reference"].split("/")
    references = [
        actor["reference"].split("/") for actor in feed["Schedule"][schedule]["actor"]
    ]
    return {kind: feed[kind][key] for kind, key in references}


def every_answer(api):
    """The addresses that anyone may read, with what they say."""
    manifest = api.get(MANIFEST)
    urls = [entry["url"] for entry in manifest.json()["output"]]
    urls += [f"{PUBLIC}{name}/" for name in ("modalities", "therapists", "first-slots")]
    return {MANIFEST: manifest, **{url: api.get(url) for url in urls}}
