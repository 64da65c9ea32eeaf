"""Each detector: what it reads, in which direction, and what it says."""

import math

import numpy as np
import pytest

from excise.behavior.profile import Profiles, features
from excise.conformance import check_detector
from excise.detection.detectors import Detector
from excise.detection.weigher import detectors
from excise.open_folder import members

NAMES = sorted(detectors())


@pytest.mark.parametrize("name", NAMES)
def test_it_conforms(name: str) -> None:
    check_detector(members("excise.detection.detectors", Detector)[name])


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_its_first_feature(name: str) -> None:
    detector = detectors()[name]
    columns = {used: np.array([float(at), np.nan]) for at, used in enumerate(features())}
    reading = detector.reading(Profiles(("a", "b"), columns))
    assert reading[0] == columns[detector.uses[0]][0]
    assert math.isnan(reading[1])


def test_no_two_read_the_same() -> None:
    read = [detector.uses[0] for detector in detectors().values()]
    assert sorted(read) == sorted(set(read))


@pytest.mark.parametrize("name", ["verified_business", "checked_people", "public_material", "same_exercise"])
def test_an_excuse_never_accuses(name: str) -> None:
    assert (detectors()[name].cause, detectors()[name].direction) == ("excuse", "down")


SAID = {
    "bootstrapping": (
        {"bootstrapping": 0.5, "exchanges": 1_200.0},
        "50% of its 1,200 exchanges ask for new tasks or harder versions",
    ),
    "checked_people": ({"verified_people": 0.5}, "50% of its accounts belong to people"),
    "even_shares": ({"volume_spread": 1.0}, "its accounts' volumes differ by a factor of 2.0"),
    "grading": ({"grading": 0.5, "exchanges": 1_200.0}, "50% of its 1,200 exchanges ask for grades"),
    "hand_over": ({"days_apart": 0.97}, "97% of the differences in when requests come"),
    "like_requests": ({"requests_apart": 0.1}, "10% of the differences in the size of requests"),
    "many_accounts": (
        {"concealed_accounts": 1_200.0},
        "1,200 accounts act as one and nothing declares them so",
    ),
    "many_choices": ({"choices_per_prompt": 4.25}, "it draws 4.2 answers to each prompt"),
    "metronome": ({"gap_spread": 2.0}, "half of its gaps between requests lie within a factor of 4.0"),
    "never_sleeps": ({"quiet_hours": 3.0}, "it has 3 quiet hours in a day"),
    "no_dialogue": ({"follow_ups": 0.1}, "a turn picks up 10% of its rarer words from the reply before it"),
    "nothing_twice": ({"distinct_prompts": 0.9}, "90% of an account's prompts are new ones"),
    "one_instruction": ({"systems_per_account": 1.5}, "an account works under 1.5 system prompts on average"),
    "one_pool": (
        {"topics_apart": 0.0},
        "two prompts of one account share words 1.0 times as often as prompts of two accounts",
    ),
    "one_queue": ({"overlap": 0.1}, "its accounts' requests overlap 10% as often as independent"),
    "pace": ({"exchanges_per_hour": 2.5}, "an account at work sends 2.5 exchanges an hour"),
    "public_material": ({"public_prompts": 0.5}, "50% of its prompts were sent by unrelated accounts too"),
    "reasoning": ({"reasoning_asked": 0.934}, "93% of its exchanges ask for the reasoning"),
    "release_pivot": ({"new_model": 0.5}, "50% of its traffic went to a new model within 48 hours"),
    "same_exercise": ({"collisions": 0.5}, "50% of its prompts were sent by more than one of its accounts"),
    "scattered": ({"blocks_per_account": 2.5}, "each account calls from 2.5 address blocks on average"),
    "share_size": ({"exchanges_per_account": 1_234.5}, "an account sends 1,234 exchanges on average"),
    "shared_addresses": ({"accounts_per_address": 2.5}, "2.5 of its accounts call from one address"),
    "shared_hours": ({"hours_apart": -0.01}, "0% of the differences in its hours lie between its accounts"),
    "shared_payment": ({"identities_per_payment": 5.0}, "5 identities pay with one instrument"),
    "signed_up_together": ({"sign_up_spread": 5.0}, "half of its accounts were opened within 1.3 days"),
    "token_probabilities": (
        {"token_probabilities": 0.5, "exchanges": 1_200.0},
        "50% of its 1,200 exchanges ask for token probabilities",
    ),
    "trajectories": ({"trajectories": 0.5, "exchanges": 1_200.0}, "50% of its 1,200 exchanges write out"),
    "turns": ({"turn_taking": -2.0}, "after a request the same account sends again 0.2 times as often"),
    "verified_business": ({"verified": 0.5}, "50% of its traffic comes from accounts whose business"),
    "young_accounts": ({"account_age": 2.0}, "its accounts were 2 days old at their first exchange"),
}


@pytest.mark.parametrize("name", sorted(SAID))
def test_sentences_give_the_numbers(name: str) -> None:
    values, said = SAID[name]
    assert detectors()[name].sentence(values).startswith(said)


def test_one_account_is_said_so() -> None:
    assert detectors()["many_accounts"].sentence({"concealed_accounts": 1.0}) == "it runs a single account"


def test_purposes_read_on_after_who_does_it() -> None:
    for name, detector in detectors().items():
        assert detector.purpose is None or detector.purpose.split()[0] in ("pull", "draw", "moved"), name
        assert (detector.purpose is None) or detector.cause == "harvest", name
