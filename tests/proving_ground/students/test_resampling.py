def test_about_the_share_of_words_is_drawn_anew(supply):
    lessons = supply.served
    assert supply.resampled(lessons, 0.0) == lessons
    changed = supply.resampled(lessons, 0.5)
    assert [one.prompt for one in changed] == [one.prompt for one in lessons]
    kept = [
        len(set(a.reply.split()) & set(b.reply.split())) / len(set(a.reply.split()))
        for a, b in zip(lessons, changed, strict=True)
    ]
    assert 0.1 < sum(kept) / len(kept) < 0.8
