"""People who chat."""

from collections.abc import Iterator

from excise.proving_ground.asking import chatting
from excise.proving_ground.customers import customer
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import public_template
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, sittings
from excise.proving_ground.said import Said, Thread, relay, talk
from excise.proving_ground.setting import Setting
from excise.proving_ground.voices import Voice


class Person(Honest):
    """Somebody who asks now and then and reads the replies.

    Follow-ups take up what the reply before them said.

    Sittings of a few turns, pauses to read, nights; use per account is heavy-tailed ("ServeGen", Xiang et
    al. 2025, arXiv 2505.09999, measures such rates and bursts per client of a provider). Some have several
    accounts.
    """

    share = 40.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a person."""
        families = dice.pick((("chat",), ("chat",), ("chat",), ("sdk",), ("plain", "shell")))
        first = customer(setting, dice, "person", families=families)
        members = [first]
        if dice.chance(setting.world.habits.spare):
            members += [
                customer(
                    setting,
                    dice.fork("spare", n),
                    "person",
                    actor=first.actor,
                    wire=first.clients,
                    where=first.places if dice.chance(0.7) else None,
                )
                for n in range(dice.between(1, 3))
            ]
        voice, setup = Voice.of(dice), chatting(dice)
        genres = dice.some(
            ("chat", "write", "trivia", "code", "plan", "tongues", "roleplay"), dice.between(1, 4)
        )
        system = None
        if dice.chance(setting.world.habits.popular_app):
            system = public_template(setting.world.seed, min(dice.below(25), dice.below(25)))
        shape, per = dice.pick(("human", "human", "evening", "office")), dice.uniform(1.5, 9)
        length, anew = dice.log_normal(130, 0.5), dice.pick((0.1, 0.15, 0.4, 0.8, 1.0))

        def plan(counts: list[int]) -> Schedule:
            parts = []
            for n, count in enumerate(counts):
                window = members[n].window(setting.start_s, setting.end_s, shape, 0.8)
                at_s, opens = sittings(
                    dice.numpy(n), count, window, per_sitting=per, gap_s=length * 0.5, anew=anew
                )
                parts.append(alone(at_s, opens, n))
            return Schedule.merged(parts)

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = setting.stock.take(genres, len(schedule.at_s), dice)

            def thread(_member: int, moment: int) -> Thread:
                return talk(
                    system, corpus.item(moment), setup, dice.fork("talk", moment), voice, words=int(length)
                )

            return relay(schedule, thread)

        return Party(members, [dice.log_normal(16, 1.3) for _ in members], plan, speak)
