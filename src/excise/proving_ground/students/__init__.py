"""Students: a teacher and models that are distilled from it, trained for real, small enough for one core.

``lessons`` are prompts and replies; ``plan`` says what a model is made of and learns from, and is its key;
``training`` teaches it; ``serving`` lets a teacher answer; ``workshop`` keeps what was trained, so that a run
goes on where it stopped; ``supply`` is everything that a distiller, or somebody innocent, may learn from.
``attacks`` and ``controls`` are open folders: what distillers do to their traces, and who did nothing.

    >>> from excise.proving_ground.students.lessons import OwnCurriculum
    >>> len(OwnCurriculum(7).human("served", 3))
    3
"""
