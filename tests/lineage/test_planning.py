import msgspec
import pytest

from excise.errors import BadSetting
from excise.lineage.methods import Given, Method
from excise.lineage.opening import open_suspect
from excise.lineage.planning import Asking, Rule, TestRefused, placebo, plan, questions_sha256
from excise.lineage.replies import Message, Reply, Sampling, read_replies
from excise.lineage.suspects import Terms
from excise.open_folder import member

SAID = (Message("user", "x"),)
CANARIES = Given(
    canaries=tuple(
        Reply(row=at, id=f"c{at // 4}", messages=SAID, reply=f"text {at}", draw=at % 4) for at in range(12)
    )
)
RULE = Rule(stop_at_bits=20.0, budget=500, seed=1)


def method(name="twins"):
    return member("excise.lineage.methods", Method, name)()


def planned(given, asking, name="twins", rule=RULE, **more):
    return plan(name, method(name), given, [], asking=asking, rule=rule, version="0", now_s=1.0, **more)


@pytest.fixture
def given(case):
    return Given(served=read_replies(case.served)[0], twins=read_replies(case.twins)[0])


@pytest.fixture
def asking(case):
    return Asking(open_suspect(f"hf:{case.student}"))


@pytest.mark.parametrize("rule", [(float("nan"), 5, 0), (float("inf"), 5, 0), (0.0, 5, 0), (9.0, 0, 0)])
def test_a_rule_that_is_none_is_refused(given, asking, rule):
    with pytest.raises(BadSetting, match="stops at a number of bits above 0"):
        planned(given, asking, rule=Rule(*rule))


def test_a_protocol_says_all(given, asking):
    made = planned(given, asking)
    protocol = made.protocol
    assert protocol.suspect.access == ("log-probabilities", "text", "weights")
    assert protocol.questions == sum(len(step.questions) for step in made.steps) == 3 * len(given.served)
    assert protocol.prompts_sha256 == questions_sha256(made.steps)
    assert protocol.placebo
    assert protocol.stopping == (
        "the run ends at 20 bits, when all questions are asked or 500 were put to a model, "
        "whichever comes first"
    )


def test_the_same_plan_twice_and_other_questions_with_another_seed(given, asking):
    first = planned(given, asking)
    assert planned(given, asking).protocol == first.protocol
    other = planned(given, asking, rule=RULE._replace(seed=2))
    assert other.protocol.prompts_sha256 != first.protocol.prompts_sha256


def test_a_placebo_is_made_of_twins_only(given):
    apart = placebo(given, method())
    texts = {one.reply for one in given.twins}
    assert {one.reply for one in (*apart.served, *apart.twins)} <= texts
    assert len(apart.served) == len(apart.twins) == len(given.served)
    assert {one.draw for one in apart.twins} == {0}


def test_without_a_second_twin_there_is_no_placebo(given, asking):
    alone = msgspec.structs.replace(given, twins=tuple(one for one in given.twins if one.draw == 0))
    assert placebo(alone, method()) is None
    assert not planned(alone, asking).protocol.placebo
    assert not planned(given, asking, without_placebo=True).protocol.placebo


def test_a_placebo_of_canaries_leaves_out_what_was_planted():
    apart = placebo(CANARIES, method("canaries"))
    assert {one.reply for one in apart.canaries} == {f"text {at}" for at in range(12) if at % 4}
    assert sorted(one.draw for one in apart.canaries) == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_what_breaks_the_test_is_refused_with_its_rows(given, asking):
    cold = tuple(
        msgspec.structs.replace(one, parameters=Sampling(temperature=0.0, max_tokens=24))
        for one in given.served
    )
    with pytest.raises(TestRefused, match=r"rows 1, "):
        planned(msgspec.structs.replace(given, served=cold), asking)


def test_a_suspect_has_to_show_enough(given, endpoint):
    endpoint.ways = {"chat"}
    suspect = open_suspect(endpoint.name(), Terms(tries=1))
    with pytest.raises(BadSetting, match=r"\(suspect\) gives text; the method twins needs one of log-prob"):
        planned(given, Asking(suspect))
    suspect.close()


def test_references_are_named_where_they_are_needed_and_only_there(asking, case):
    with pytest.raises(BadSetting, match="name them with --reference"):
        planned(Given(prompts=()), asking, "kinship")
    with pytest.raises(BadSetting, match="has no use for --reference"):
        planned(Given(), asking._replace(references=(open_suspect(f"hf:{case.teacher}"),)), "keys")


def test_a_placebo_goes_alongside(given, asking):
    made = planned(given, asking)
    rows = [step.row for step in made.steps]
    assert [rows.index(step.row) for step in made.placebo_steps] == sorted(
        rows.index(step.row) for step in made.placebo_steps
    )
    assert len(made.placebo_steps) > 60
