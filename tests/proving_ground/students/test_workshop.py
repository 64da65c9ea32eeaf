from msgspec.structs import replace

from excise.proving_ground.students.lessons import Lesson


def test_a_model_is_trained_once(workshop, supply):
    folder = supply.teacher_folder
    made = (folder / "model.safetensors").stat().st_mtime_ns
    assert workshop.model(supply.teacher) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == made
    assert not list(workshop.folder.glob("*.[0-9]*"))


def test_what_is_kept_is_not_made_again(workshop):
    def never():
        raise AssertionError

    made = workshop.kept("some-key", tuple[Lesson, ...], lambda: (Lesson("a", "b"),))
    assert workshop.kept("some-key", tuple[Lesson, ...], never) == made == (Lesson("a", "b"),)


def test_rounding_and_more_lessons_start_from_the_plain_student(workshop, supply):
    import torch

    plain = supply.student(supply.served)
    rounded = workshop.opened(workshop.model(replace(plain, weight_bits=8)))[0]
    longer = workshop.opened(workshop.model(replace(plain, then=supply.clean(20))))[0]
    model = workshop.opened(workshop.model(plain))[0]
    ids = torch.tensor([[0, 5, 6, 7]])
    with torch.no_grad():
        gaps = [
            float((other(input_ids=ids).logits - model(input_ids=ids).logits).abs().mean())
            for other in (rounded, longer)
        ]
    assert 0 < gaps[0] < gaps[1]


def test_a_student_has_its_teachers_tokenizer_or_its_own(workshop, supply):
    plain = supply.student(supply.served)
    words = "Lena repaired the old lamp."
    teachers, taken, own = (
        workshop.opened(workshop.model(plan))[1](words)["input_ids"]
        for plan in (supply.teacher, plain, replace(plain, teacher=""))
    )
    assert teachers == taken != own
