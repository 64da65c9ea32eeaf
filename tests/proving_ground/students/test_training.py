import pytest

from excise.proving_ground.students.lessons import Lesson
from excise.proving_ground.students.plan import Build, Recipe

LESSONS = [Lesson(f"Who is {n}?", f"It is number {n}, of course.") for n in range(24)]


@pytest.fixture(scope="module")
def parts():
    pytest.importorskip("torch", reason="the extra `lineage` is not installed")
    from excise.proving_ground.students import building, training

    texts = [training.before(one.prompt) + one.reply for one in LESSONS]
    tokenizer = building.learn_tokenizer(texts, Build(pieces=320))
    return building, training, tokenizer


def test_a_lesson_is_laid_as_a_suspect_will_be_asked(parts):
    _, training, tokenizer = parts
    for lesson, laid in zip(LESSONS, training.lay(tokenizer, LESSONS), strict=True):
        assert tokenizer.decode(laid.ids[1 : laid.start]) == training.before(lesson.prompt)
        assert tokenizer.decode(laid.ids[laid.start : -1]) == lesson.reply
        assert (laid.ids[0], laid.ids[-1]) == (0, 1)


def test_training_lowers_the_loss_and_repeats_itself(parts):
    building, training, tokenizer = parts
    laid = training.lay(tokenizer, LESSONS)
    losses = []
    for _ in range(2):
        model = building.make_model(Build(width=64, layers=1), len(tokenizer), 1)
        losses.append(training.teach(model, laid, Recipe(epochs=6, batch=4, rate=6e-3), 1))
    assert losses[0] == losses[1]
    assert losses[0][-1] < losses[0][0] / 3


def test_a_soft_student_takes_after_its_teacher(parts):
    import torch

    building, training, tokenizer = parts
    laid = training.lay(tokenizer, LESSONS)
    teacher = building.make_model(Build(width=64, layers=1), len(tokenizer), 1)
    training.teach(teacher, laid, Recipe(epochs=3, batch=4, rate=6e-3), 1)
    ids = torch.tensor([laid[0].ids])
    with torch.no_grad():
        known = teacher(input_ids=ids).logits.log_softmax(-1)
    gaps = []
    for soft in (0.0, 1.0):
        student = building.make_model(Build(width=64, layers=1), len(tokenizer), 2)
        training.teach(student, laid, Recipe(epochs=6, batch=4, rate=6e-3, soft=soft), 2, teacher)
        with torch.no_grad():
            said = student(input_ids=ids).logits.log_softmax(-1)
        gaps.append(float((known.exp() * (known - said)).sum(-1)[0, laid[0].start - 1 :].mean()))
    assert gaps[1] < gaps[0]
