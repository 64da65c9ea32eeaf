from excise.countermeasures.changes import watermark
from excise.countermeasures.decoding import share_of_marks


def test_a_teacher_answers_all_differently_by_seed_and_alike_by_the_same(workshop, supply):
    from excise.proving_ground.students.serving import serve

    model, tokenizer = workshop.opened(supply.teacher_folder)
    prompts = [one.prompt for one in supply.human][:20]
    one, same, other = (serve(model, tokenizer, prompts, seed) for seed in (1, 1, 2))
    assert one == same
    assert [lesson.prompt for lesson in one] == prompts
    assert all(lesson.reply for lesson in one)
    alike = sum(a.reply == b.reply for a, b in zip(one, other, strict=True))
    assert alike < 5


def test_a_marked_reply_carries_its_own_campaigns_key(workshop, supply):
    """With 60 replies of 10 tokens and more, the shares are 5 standard deviations and more apart."""
    _, tokenizer = workshop.opened(supply.teacher_folder)
    green = watermark("green_list")
    marked = supply.marked("green_list", "campaign-a")
    tokens = [t for one in marked for t in tokenizer(one.reply, add_special_tokens=False)["input_ids"]]
    own, others = (share_of_marks(green, supply.key(name), tokens) for name in ("campaign-a", "campaign-b"))
    assert own > others + 0.15
