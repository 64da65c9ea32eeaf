"""Hobbyists with a popular public template."""

from collections.abc import Iterator

from excise.proving_ground.asking import chatting
from excise.proving_ground.customers import customer
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import public_template
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, runs, sittings
from excise.proving_ground.said import Said, Thread, inlined, once, relay, talk
from excise.proving_ground.setting import Setting
from excise.proving_ground.voices import Voice


class Hobbyist(Honest):
    """Somebody who took a template from a public collection and feeds it in a loop.

    Strangers send the same words.

    Public prompt collections have templates with tens of thousands of users; on a log they tie strangers
    together.
    """

    share = 6.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a hobbyist."""
        member = customer(setting, dice, "hobbyist", families=("chat", "sdk", "plain", "shell"))
        system = public_template(setting.world.seed, min(dice.below(25), dice.below(25), dice.below(25)))
        inline, setup, voice = dice.chance(0.4), chatting(dice), Voice.of(dice)
        genres = dice.some(("roleplay", "write", "code", "trivia", "plan", "math"), dice.between(1, 2))
        shape, number, loop = dice.pick(("evening", "human", "flat")), dice.between(1, 8), dice.chance(0.5)

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s, shape, 1.4)
            if loop:
                return alone(
                    runs(
                        dice.numpy(), counts[0], window, number=number, gap_s=dice.fork("gap").uniform(3, 30)
                    )
                )
            return alone(*sittings(dice.numpy(), counts[0], window, per_sitting=6, gap_s=60))

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = setting.stock.take(genres, len(schedule.at_s), dice)

            def thread(_member: int, moment: int) -> Thread:
                own = dice.fork("ask", moment)
                if not loop:
                    return talk(system, corpus.item(moment), setup, own, voice, words=140)
                said = next(once(None if inline else system, corpus.item(moment), setup, own, 140))
                return iter([inlined(said, system) if inline else said])

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(28, 1.2)], plan, speak)
