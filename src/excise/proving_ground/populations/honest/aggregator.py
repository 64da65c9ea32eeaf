"""Aggregators: one account, many people of its own."""

from collections.abc import Iterator

from excise.proving_ground.asking import asked
from excise.proving_ground.customers import customer, firm
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, moments
from excise.proving_ground.said import Said, Thread, relay, talk
from excise.proving_ground.setting import Setting
from excise.proving_ground.voices import Voice


class Aggregator(Honest):
    """A chat product or a gateway that serves many people through one account.

    Their ids may be in ``end_user``.

    Gateways are benign twins of the indicators of the joint advisory AA26-251A: every topic, every hour,
    every language.
    """

    share = 1.2

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make an aggregator."""
        of = firm(setting, dice, office=False, checked=0.7) if dice.chance(0.8) else None
        families = ("sdk", "framework", "plain")
        member = customer(setting, dice, "aggregator", families=families, machine=True, of=of)
        system = instruction("assistant", dice.fork("app")) if dice.chance(0.5) else None
        setup, people, named = asked(dice), dice.between(20, 3000), dice.chance(0.65)
        shape = dice.pick(("human", "flat", "evening"))
        genres = ("chat", "write", "code", "trivia", "roleplay", "tongues", "plan")

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s, shape)
            return alone(moments(dice.numpy(), counts[0], setting.busy(window, dice.fork("curve"))))

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = setting.stock.take(genres, len(schedule.at_s), dice)
            ongoing: dict[int, Thread] = {}

            def thread(_member: int, moment: int) -> Thread:
                own = dice.fork("person", moment)
                number = min(own.below(people), own.below(people))
                if number not in ongoing or own.chance(0.4):
                    voice = Voice.of(dice.fork("voice", number))
                    ongoing[number] = talk(system, corpus.item(moment), setup, own, voice, words=120)
                said = next(ongoing[number])
                if len(said.messages) > 10 or len(ongoing) > 200:
                    del ongoing[number]
                return iter([said._replace(end_user=f"p-{number}") if named else said])

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(350, 1.0)], plan, speak)
