import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from excise.errors import BadTable
from excise.proving_ground.students.lessons import PARTS, FolderCurriculum, OwnCurriculum


def test_parts_share_no_prompt_and_skipped_lessons_are_the_next_ones():
    curriculum = OwnCurriculum(5)
    found = [lesson.prompt for part in PARTS for lesson in curriculum.human(part, 40)]
    assert len(set(found)) == len(found) == 40 * len(PARTS)
    assert curriculum.human("served", 10, skip=30) == curriculum.human("served", 40)[30:]
    assert not {one.prompt for one in curriculum.public(40)} & set(found)


def test_languages_of_different_salt_say_different_things():
    one, other = OwnCurriculum(5).human("served", 100), OwnCurriculum(6).human("served", 100)
    assert len({lesson.reply for lesson in one} & {lesson.reply for lesson in other}) < 5


@pytest.fixture
def folder(tmp_path):
    rows = [
        {
            "source": "made_up",
            "side": "benign",
            "subtype": "chat_single",
            "conversation_id": f"c{n}",
            "turn": 0,
            "system": None,
            "prompt": f"What about number {n}?" if n % 10 else "x" * 500,
            "response": f"It is {n}.",
        }
        for n in range(400)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "exchanges.parquet")
    return tmp_path


def test_a_folder_gives_its_short_exchanges_part_by_part(folder):
    curriculum = FolderCurriculum(folder)
    found = [lesson for part in PARTS for lesson in curriculum.human(part, 40)]
    assert len({lesson.prompt for lesson in found}) == len(found)
    assert all(len(lesson.prompt) < 200 for lesson in found)
    assert 40 <= curriculum.most <= 90
    assert curriculum.human("clean", 5) == FolderCurriculum(folder).human("clean", 5)


def test_a_folder_that_is_too_small_says_what_it_lacks(folder):
    with pytest.raises(BadTable, match="for part 'served', and 4,000 are needed"):
        FolderCurriculum(folder).human("served", 4_000)
    with pytest.raises(BadTable, match="0 exchanges with short prompts for part 'public'"):
        FolderCurriculum(folder).public(1)
