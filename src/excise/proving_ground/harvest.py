"""A harvest: what most campaigns share. A crew of accounts works through one corpus from a common queue."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from excise.proving_ground.asking import asked, chatting
from excise.proving_ground.content.stock import Corpus
from excise.proving_ground.crews import crew, hours
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import Wording
from excise.proving_ground.member import Member
from excise.proving_ground.populations import Party
from excise.proving_ground.rhythms import Schedule, Times, Window, dealt, moments
from excise.proving_ground.said import Asked, Said, Thread, inlined, once, relay, talk
from excise.proving_ground.setting import Setting
from excise.proving_ground.voices import Voice
from excise.proving_ground.world import Campaign


@dataclass(frozen=True, slots=True)
class Harvest:
    """A crew, what it sends and in which words."""

    setting: Setting
    dice: Dice
    campaign: Campaign
    members: list[Member]
    window: Window
    wording: Wording | None
    inline: bool
    setups: tuple[Asked, ...]
    words: float
    named: bool

    @classmethod
    def of(
        cls,
        setting: Setting,
        dice: Dice,
        campaign: Campaign,
        name: str,
        flavor: str | None,
        *,
        fixed: Asked | None = None,
    ) -> "Harvest":
        """Assemble a harvest.

        Args:
            setting: the world.
            dice: the campaign's own dice.
            campaign: its specification.
            name: its name in the truth.
            flavor: the kind of instruction before each request; None sends bare prompts.
            fixed: sampling parameters that the tactic sets.
        """
        members = crew(setting, dice, campaign, name)
        craft = campaign.tradecraft
        # Who rotates the wording mostly varies the parameters too.
        count = 4 if craft.rotation > 0.2 else 1
        return cls(
            setting=setting,
            dice=dice,
            campaign=campaign,
            members=members,
            window=hours(setting, campaign, members),
            wording=Wording(flavor, dice, craft.rotation) if flavor else None,
            inline=dice.chance(0.5),
            setups=tuple(asked(dice.fork("asked", n), fixed) for n in range(count)),
            words=dice.log_normal(170, 0.6),
            named=dice.chance(0.12),
        )

    def with_members(self, members: list[Member]) -> "Harvest":
        """Return the harvest with its crew changed."""
        return replace(self, members=members)

    def with_campaign(self, campaign: Campaign) -> "Harvest":
        """Return the harvest with its specification changed."""
        return replace(self, campaign=campaign)

    def party(
        self,
        plan: Callable[[list[int]], Schedule] | None = None,
        speak: Callable[[Schedule], Iterator[Said]] | None = None,
        *,
        reasoned: bool = False,
    ) -> Party:
        """Return the campaign as a party; its volume is spread unevenly over its accounts.

        Args:
            plan: when it sends; a common queue where not given.
            speak: what it sends; each item of the corpus once where not given.
            reasoned: whether the replies show their steps.
        """
        each = self.campaign.exchanges / len(self.members)
        spread = self.dice.pick((0.05, 0.3, 0.8))
        weights = [
            each * self.dice.fork("weight", n).log_normal(1.0, spread) for n in range(len(self.members))
        ]
        return Party(
            self.members,
            weights,
            plan or self.queue,
            speak or (lambda schedule: self.send(schedule, reasoned=reasoned)),
        )

    def queue(self, counts: list[int]) -> Schedule:
        """Deal a common queue that runs at the campaign's hours to the crew."""
        return self.deal(counts, moments(self.dice.numpy("queue"), sum(counts), self.window))

    def deal(self, counts: list[int], at_s: Times) -> Schedule:
        """Deal the moments of a queue to the crew as the tradecraft says; nobody sends before it exists."""
        order = "shifts" if self.campaign.tradecraft.hours == "shifts" else self.campaign.tradecraft.order
        who = dealt(self.dice.numpy("deal"), at_s, counts, order=order)
        return settled(Schedule(at_s, who, each_opens(len(at_s))), self.members, self.window)

    def corpus(self, count: int) -> Corpus:
        """Deal the corpus that is harvested."""
        return self.setting.stock.harvest(self.campaign.genres, count, self.dice)

    def send(self, schedule: Schedule, *, reasoned: bool = False) -> Iterator[Said]:
        """Send each item of the corpus once, in the wording.

        With cover traffic between as the tradecraft says.
        """
        corpus = self.corpus(len(schedule.at_s))

        def thread(member: int, moment: int, own: Dice) -> Thread:  # noqa: ARG001 - all members send alike
            return iter([self.ask(corpus, moment, own, reasoned=reasoned)])

        return self.threads(schedule, thread)

    def threads(self, schedule: Schedule, thread: Callable[[int, int, Dice], Thread]) -> Iterator[Said]:
        """Open a thread at each moment that opens one, with cover traffic between.

        ``thread`` gets the member, the moment and dice of its own.
        """
        covers: dict[int, Thread] = {}

        def covered(member: int, moment: int) -> Thread:
            own = self.dice.fork("send", moment)
            if own.chance(self.campaign.tradecraft.cover):
                if member not in covers or own.chance(0.35):
                    covers[member] = self.cover(member, own)
                return iter([next(covers[member])._replace(cover=True)])
            made = thread(member, moment, own)
            return (said._replace(end_user=f"u{own.below(10**7)}") for said in made) if self.named else made

        return relay(schedule, covered)

    def ask(self, corpus: Corpus, number: int, own: Dice, *, reasoned: bool = False) -> Said:
        """Ask for one item of the corpus."""
        wording = self.wording.say(own) if self.wording else None
        length = max(20, int(own.log_normal(self.words, 0.4)))
        setup, item = own.pick(self.setups), corpus.item(number)
        said = next(once(None if self.inline else wording, item, setup, own, length, reasoned=reasoned))
        return inlined(said, wording) if self.inline and wording else said

    def cover(self, member: int, own: Dice) -> Thread:
        """Say something ordinary, in the voice of that account."""
        voice = Voice.of(self.dice.fork("voice", member))
        item = self.setting.stock.take(("chat", "support", "write"), 1, own).item(0)
        setup = chatting(self.dice.fork("customer", member))
        return talk(None, item, setup, own, voice, words=110)


def each_opens(count: int) -> NDArray[np.bool_]:
    """Return flags that open a conversation at every moment."""
    return np.ones(count, dtype=np.bool_)


def settled(schedule: Schedule, members: list[Member], window: Window) -> Schedule:
    """Move what an account would send before it was opened to a time after; the order of the rest stays."""
    created = np.array([m.account.created_at + 60.0 for m in members])[schedule.who]
    early = schedule.at_s < created
    if not early.any():
        return schedule
    span = np.maximum(window.end_s - created, 1.0)
    at_s = np.where(early, created + (schedule.at_s - window.start_s) % span, schedule.at_s)
    order = np.argsort(at_s, kind="stable")
    return Schedule(at_s[order], schedule.who[order], schedule.opens[order])
