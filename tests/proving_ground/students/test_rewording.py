import tomllib
from importlib.resources import files

from excise.proving_ground.students.lessons import Lesson, OwnCurriculum
from excise.proving_ground.students.rewording import reword

LESSONS = OwnCurriculum(3).human("clean", 200)


def _kept(share):
    both = zip(LESSONS, reword(LESSONS, share, 1), strict=True)
    return sum(len(set(a.reply.split()) & set(b.reply.split())) / len(set(a.reply.split())) for a, b in both)


def test_more_words_go_the_larger_the_share():
    assert _kept(0.0) > _kept(0.5) > _kept(1.0)
    assert _kept(1.0) < 0.8 * len(LESSONS)


def test_the_same_seed_says_the_same():
    assert reword(LESSONS, 0.5, 1) == reword(LESSONS, 0.5, 1) != reword(LESSONS, 0.5, 2)


def test_numbers_and_names_stay():
    said = "It took 51 euros to rebuild the faint basket in Sandhaven."
    reply = reword((Lesson("", f"Sure. {said}"),), 1.0, 1)[0].reply
    assert "51 euros" in reply
    assert "Sandhaven" in reply
    assert "Sure" not in reply


def test_no_word_becomes_itself():
    text = (files("excise.proving_ground.students") / "wording.toml").read_text(encoding="utf-8")
    words = tomllib.loads(text)
    assert len(words) > 150
    assert not [word for word, others in words.items() if word in others or not others]
