from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.engine import scoring
from scheduling.engine.scoring import (
    MUSTS,
    VIDEO,
    Criterion,
    Exclusion,
    Hours,
    Part,
    Profile,
    Seeker,
    Terms,
    Weights,
)

CONCERNS = ["grief", "anxiety", "trauma"]
MODALITIES = ["ipt", "emdr", "cbt"]
LANGUAGES = ["en", "es"]
GENDERS = ["woman", "man"]
PLACES = ["venice", "encino", VIDEO]
WEIGHTS = Weights(
    dict(zip(Criterion, [35, 20, 10, 10, 5, 5, 5, 5, 5], strict=True)), leading=["ipt"]
)
TERMS = Terms(
    names={
        "grief": "grief and loss",
        "ipt": "Interpersonal Psychotherapy",
        "venice": "Venice",
        "es": "Spanish",
    },
    spoken_to={"ipt": ["grief", "anxiety"], "emdr": ["grief", "trauma"], "cbt": []},
)
NO_HOURS = Hours()
SEEKER = Seeker(
    session_type="intake-50", age_groups=["adult"], state="CA", concern="grief"
)
PROFILE = Profile(
    id="one", session_types=["intake-50"], age_groups=["adult"], states=["CA"]
)


def subsets(values):
    return st.lists(st.sampled_from(values), unique=True)


seekers = st.builds(
    Seeker,
    session_type=st.sampled_from(["intake-50", "couples-80"]),
    age_groups=st.lists(
        st.sampled_from(["adolescent", "adult"]), min_size=1, unique=True
    ),
    state=st.sampled_from(["CA", "NV"]),
    concern=st.none() | st.sampled_from(CONCERNS),
    other_concerns=subsets(CONCERNS),
    modalities=subsets(MODALITIES),
    languages=subsets(LANGUAGES),
    genders=subsets(GENDERS),
    places=subsets(PLACES),
    has_hours=st.booleans(),
    within_days=st.integers(0, 40),
    musts=subsets(sorted(MUSTS)),
    earlier=subsets(["one", "other"]),
)
profiles = st.builds(
    Profile,
    id=st.sampled_from(["one", "other", "third"]),
    accepts_new_clients=st.booleans(),
    session_types=subsets(["intake-50", "couples-80"]),
    age_groups=subsets(["adolescent", "adult"]),
    states=subsets(["CA", "NV"]),
    concerns=subsets(CONCERNS),
    modalities=subsets(MODALITIES),
    languages=subsets(LANGUAGES),
    gender=st.sampled_from(["", *GENDERS]),
    places=subsets(PLACES),
    load=st.integers(0, 100),
)
found_hours = st.builds(
    Hours, wished=st.none() | st.integers(0, 40), any=st.none() | st.integers(0, 40)
)
strengths = st.one_of(
    st.tuples(st.just("concerns"), st.sampled_from(CONCERNS)),
    st.tuples(st.just("modalities"), st.sampled_from(MODALITIES)),
    st.tuples(st.just("languages"), st.sampled_from(LANGUAGES)),
    st.tuples(st.just("places"), st.sampled_from(PLACES)),
)


def total(seeker, profile, hours=NO_HOURS, weights=WEIGHTS):
    found = scoring.parts(seeker, profile, hours, weights, TERMS)
    return sum(part.points for part in found)


@given(seekers, profiles, found_hours, strengths)
def test_a_strength_more_never_lowers_a_score_or_excludes(seeker, profile, hours, more):
    name, value = more
    stronger = replace(profile, **{name: [*getattr(profile, name), value]})

    assert total(seeker, stronger, hours) >= total(seeker, profile, hours)
    assert set(scoring.exclusions(seeker, stronger, hours)) <= set(
        scoring.exclusions(seeker, profile, hours)
    )


tables = st.builds(
    Weights,
    st.fixed_dictionaries({one: st.integers(0, 100) for one in Criterion}),
    leading=st.just(["ipt"]),
)


@given(seekers, profiles, tables, st.none() | st.integers(0, 40), st.integers(0, 40))
def test_a_wished_hour_more_never_lowers_a_score(seeker, profile, table, before, more):
    """Whatever the criteria are worth, and however late the hour is."""
    seeker = replace(seeker, has_hours=True)
    first = more if before is None else min(before, more)

    gained = total(seeker, profile, Hours(first, 0), table)

    assert gained >= total(seeker, profile, Hours(before, 0), table)


@given(seekers, profiles, found_hours, st.sampled_from(sorted(MUSTS)))
def test_a_must_more_never_lets_anybody_in(seeker, profile, hours, must):
    stricter = replace(seeker, musts=[*seeker.musts, must])

    assert set(scoring.exclusions(stricter, profile, hours)) >= set(
        scoring.exclusions(seeker, profile, hours)
    )


@given(seekers, profiles, found_hours)
def test_the_order_of_what_is_given_does_not_matter(seeker, profile, hours):
    def backwards(row, *names):
        return replace(row, **{name: getattr(row, name)[::-1] for name in names})

    same = ("concerns", "modalities", "languages", "places", "age_groups")
    seeker_too = backwards(
        seeker, "other_concerns", "modalities", "languages", "places", "musts"
    )

    assert scoring.parts(
        seeker_too, backwards(profile, *same), hours, WEIGHTS, TERMS
    ) == scoring.parts(seeker, profile, hours, WEIGHTS, TERMS)


@given(seekers, profiles, found_hours)
def test_no_criterion_gives_more_than_it_is_worth(seeker, profile, hours):
    found = scoring.parts(seeker, profile, hours, WEIGHTS, TERMS)

    assert all(0 <= part.points <= part.max for part in found)
    assert all(part.max == WEIGHTS.points[part.criterion] for part in found)


@given(seekers, profiles, st.integers(0, 40), st.integers(0, 40))
def test_sooner_is_never_worse(seeker, profile, one, other):
    sooner, later = sorted([one, other])

    assert total(seeker, profile, Hours(sooner, sooner)) >= total(
        seeker, profile, Hours(later, later)
    )


@given(seekers, profiles, found_hours)
def test_exclusions_are_those_of_a_plain_reading(seeker, profile, hours):
    """The sentences of the practice, one by one."""

    def lacks(wished, offered):
        return bool(wished) and all(each not in offered for each in wished)

    wrong = {
        "earlier_therapist": profile.id in seeker.earlier,
        "format": seeker.session_type not in profile.session_types,
        "age_group": any(age not in profile.age_groups for age in seeker.age_groups),
        "state": seeker.state not in profile.states,
        "not_accepting": not profile.accepts_new_clients,
        "concern": "concern" in seeker.musts
        and seeker.concern is not None
        and seeker.concern not in profile.concerns,
        "modality": "modality" in seeker.musts
        and lacks(seeker.modalities, profile.modalities),
        "language": "language" in seeker.musts
        and lacks(seeker.languages, profile.languages),
        "gender": "gender" in seeker.musts and lacks(seeker.genders, [profile.gender]),
        "place": "place" in seeker.musts and lacks(seeker.places, profile.places),
        "hours": "hours" in seeker.musts and seeker.has_hours and hours.wished is None,
    }

    found = scoring.exclusions(seeker, profile, hours)

    assert found == [Exclusion(name) for name, applies in wrong.items() if applies]


def test_the_main_concern_weighs_more_than_all_the_practice_knows_of_style():
    treats = replace(PROFILE, concerns=["grief"])
    practises = replace(PROFILE, modalities=["ipt", "emdr", "cbt"], languages=["es"])

    assert total(SEEKER, treats) > total(SEEKER, practises)


@pytest.mark.parametrize(
    ("wished", "practised", "points", "why"),
    [
        ([], ["ipt", "emdr"], 20, "Practises Interpersonal Psychotherapy, which speaks "
         "to grief and loss."),
        ([], ["emdr"], 12, "Practises emdr, which speaks to grief and loss."),
        ([], ["cbt"], 0, "Practises none of the modalities that are wished for or "
         "suited."),
        (["cbt"], ["cbt"], 20, "Practises cbt, as wished."),
        (["cbt"], ["ipt"], 10, "Practises Interpersonal Psychotherapy, which speaks to "
         "grief and loss."),
        (["cbt"], ["emdr"], 6, "Practises emdr, which speaks to grief and loss."),
    ],
)  # fmt: skip
def test_a_modality_weighs_for_its_own_concerns(wished, practised, points, why):
    seeker = replace(SEEKER, modalities=wished)
    profile = replace(PROFILE, modalities=practised)

    found = scoring.parts(seeker, profile, Hours(), WEIGHTS, TERMS)

    assert Part(Criterion.MODALITY, points, 20, why) in found


def test_reasons_repeat_what_a_therapist_says_and_promise_nothing():
    seeker = replace(
        SEEKER,
        other_concerns=["anxiety", "trauma"],
        languages=["es"],
        genders=["woman"],
        places=["venice", VIDEO],
        has_hours=True,
    )
    profile = replace(
        PROFILE,
        concerns=["grief", "anxiety"],
        modalities=["ipt"],
        languages=["en", "es"],
        gender="woman",
        places=["venice", VIDEO],
        load=40,
    )

    found = scoring.parts(seeker, profile, Hours(wished=1, any=0), WEIGHTS, TERMS)

    assert [(part.criterion, part.points, part.why) for part in found] == [
        ("concern", 35, "Says they treat grief and loss."),
        ("modality", 20, "Practises Interpersonal Psychotherapy, which speaks to grief "
         "and loss."),
        ("other_concerns", 5, "Says they also treat anxiety."),
        ("language", 10, "Speaks Spanish."),
        ("gender", 5, "Is of the gender that is wished for."),
        ("place", 5, "Sees clients at Venice and by video."),
        ("hours", 5, "Has time in the wished hours."),
        ("soon", 5, "First time tomorrow."),
        ("load", 3, "40 % of their hours in the coming weeks are taken."),
    ]  # fmt: skip


def test_time_outside_the_wished_hours_is_told_and_gives_no_points():
    seeker = replace(SEEKER, has_hours=True)

    found = scoring.parts(seeker, PROFILE, Hours(wished=None, any=1), WEIGHTS, TERMS)

    why = "First time tomorrow, outside the wished hours."
    assert Part(Criterion.SOON, 0, 5, why) in found


def test_what_nobody_wishes_for_is_not_scored():
    seeker = replace(SEEKER, concern=None)

    found = scoring.parts(seeker, PROFILE, Hours(any=28), WEIGHTS, TERMS)

    assert [(part.criterion, part.points) for part in found] == [
        ("soon", 0),
        ("load", 5),
    ]


def test_a_rule_that_forgets_the_age_group_is_caught(monkeypatch):
    """The control of the plain reading."""
    true = scoring.exclusions

    def forgetful(seeker, profile, hours):
        found = true(seeker, profile, hours)
        return [each for each in found if each != Exclusion.AGE_GROUP]

    monkeypatch.setattr(scoring, "exclusions", forgetful)

    with pytest.raises(AssertionError):
        test_exclusions_are_those_of_a_plain_reading()
