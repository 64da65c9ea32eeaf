"""The supply: all that a distiller, or somebody innocent, may learn from, made when it is asked for."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from excise.countermeasures.campaign_key import CampaignKey
from excise.proving_ground.dice import Dice
from excise.proving_ground.students.lessons import Curriculum, Lesson
from excise.proving_ground.students.plan import Build, Plan, Recipe, digest

if TYPE_CHECKING:
    from excise.proving_ground.students.workshop import Workshop

_TEACHER_SEED = 1


class Sizes(Struct, frozen=True, kw_only=True):
    """How much there is of everything.

    Attributes:
        taught: lessons that raise a teacher.
        served: replies that were served, and lessons that a student learns from.
        teacher: what a teacher is made of; students are made of the same unless an attack says otherwise.
        schooling: how a teacher is taught.
        study: how a student is taught.
    """

    taught: int = 5000
    served: int = 400
    teacher: Build = Build()
    schooling: Recipe = Recipe(epochs=6, batch=16)
    study: Recipe = Recipe()


class Supply:
    """Lessons of one seed, from one teacher. All of it is kept by the workshop.

    Args:
        workshop: trains and keeps.
        curriculum: people's words.
        rivals: people's words that another teacher learns from.
        sizes: how much.
        seed: of what is asked, served and learned. The teachers are the same for all seeds.
    """

    def __init__(
        self, workshop: "Workshop", curriculum: Curriculum, rivals: Curriculum, sizes: Sizes, seed: int
    ) -> None:
        self.workshop = workshop
        self.curriculum = curriculum
        self.sizes = sizes
        self.seed = seed
        self._rivals = rivals
        # Seeds that follow each other take lessons that follow each other, so that they share none.
        self._skip = (seed % 100) * sizes.served

    @cached_property
    def teacher(self) -> Plan:
        """The model that serves."""
        lessons = self.curriculum.human("teacher", self.sizes.taught)
        return Plan(
            lessons=lessons, seed=_TEACHER_SEED, build=self.sizes.teacher, recipe=self.sizes.schooling
        )

    @cached_property
    def rival(self) -> Plan:
        """Another party's model, raised on other words."""
        lessons = self._rivals.human("rival", self.sizes.taught)
        return Plan(
            lessons=lessons, seed=_TEACHER_SEED + 1, build=self.sizes.teacher, recipe=self.sizes.schooling
        )

    @property
    def teacher_folder(self) -> Path:
        """Where the teacher is, trained."""
        return self.workshop.model(self.teacher)

    def student(self, lessons: tuple[Lesson, ...]) -> Plan:
        """Return the plan of a student that learns these lessons, with the teacher's (public) tokenizer."""
        self.teacher_folder  # noqa: B018 - a student cannot take over the tokenizer of nobody
        return Plan(
            lessons=lessons,
            seed=self.seed,
            build=self.sizes.teacher,
            recipe=self.sizes.study,
            teacher=self.teacher.key,
        )

    def finetuned(self, lessons: tuple[Lesson, ...]) -> Plan:
        """Return the plan of a student that read what people say first, and learns these lessons then.

        What it read first is the same for all seeds, and it is trained once.
        """
        base = self.curriculum.human("rival", self.sizes.taught // 2)
        return replace(self.student(base), seed=_TEACHER_SEED, then=lessons)

    @cached_property
    def human(self) -> tuple[Lesson, ...]:
        """The prompts that are asked, with people's replies."""
        return self.curriculum.human("served", self.sizes.served, skip=self._skip)

    @cached_property
    def served(self) -> tuple[Lesson, ...]:
        """The teacher's replies that the distiller was served."""
        return self._replies("served", self.human)

    @cached_property
    def twins(self) -> tuple[Lesson, ...]:
        """Replies to the same prompts that could as well have been served, and were not."""
        return self._replies("twins", self.human)

    @cached_property
    def again(self) -> tuple[Lesson, ...]:
        """A third set of replies to the same prompts, neither served to the distiller nor a twin."""
        return self._replies("again", self.human)

    @cached_property
    def elsewhere(self) -> tuple[Lesson, ...]:
        """The teacher's replies to other prompts, served to others."""
        return self._replies(
            "elsewhere", self.curriculum.human("elsewhere", self.sizes.served, skip=self._skip)
        )

    @cached_property
    def from_rival(self) -> tuple[Lesson, ...]:
        """Another teacher's replies to the prompts that were asked."""
        return self._replies("rival", self.human, rival=True)

    def clean(self, count: int) -> tuple[Lesson, ...]:
        """Return people's lessons that nobody asked any teacher, at most as many as are served."""
        return self.curriculum.human("clean", count, skip=self._skip)

    def marked(self, countermeasure: str, campaign: str) -> tuple[Lesson, ...]:
        """Return the teacher's replies to the same prompts under a campaign's watermark."""
        return self._replies(f"marked {countermeasure}", self.human, mark=(countermeasure, campaign))

    def key(self, campaign: str) -> CampaignKey:
        """Return the watermark key of a campaign."""
        return campaign_key(self.seed, campaign)

    def resampled(self, lessons: tuple[Lesson, ...], share: float) -> tuple[Lesson, ...]:
        """Return the lessons with a share of their replies' tokens drawn anew by a model of clean words.

        The model has never seen a reply of the teacher's; it takes each replaced token from what it finds
        likely after the tokens before it.
        """
        clean = self.student(self.clean(self.sizes.served))

        def make() -> tuple[Lesson, ...]:
            from excise.proving_ground.students.resampling import resample  # noqa: PLC0415 - needs the extra

            model, tokenizer = self.workshop.opened(self.workshop.model(clean))
            return resample(model, tokenizer, lessons, share, self.seed)

        key = digest("resampled", clean.key, lessons, share, self.seed)
        return self.workshop.kept(key, tuple[Lesson, ...], make)

    def _replies(
        self,
        name: str,
        asked: tuple[Lesson, ...],
        *,
        rival: bool = False,
        mark: tuple[str, str] | None = None,
    ) -> tuple[Lesson, ...]:
        plan = self.rival if rival else self.teacher

        def make() -> tuple[Lesson, ...]:
            from excise.countermeasures.changes import watermark  # noqa: PLC0415 - needs the extra
            from excise.proving_ground.students.serving import Mark, serve  # noqa: PLC0415 - as above

            model, tokenizer = self.workshop.opened(self.workshop.model(plan))
            chosen = None if mark is None else Mark(watermark(mark[0]), self.key(mark[1]))
            seed = Dice.of("replies", self.seed, name).key >> 8
            return serve(model, tokenizer, [one.prompt for one in asked], seed, chosen)

        key = digest("replies", name, plan.key, self.seed, asked, mark)
        return self.workshop.kept(key, tuple[Lesson, ...], make)


def campaign_key(seed: int, campaign: str) -> CampaignKey:
    """Return a campaign's key for a trial: made from its seed, so that it is the same every time."""
    dice = Dice.of("campaign key", seed, campaign)
    return CampaignKey(campaign, bytes.fromhex(dice.hex(32) + dice.hex(32)))
