"""Monitors that ask the same thing every few minutes."""

from collections.abc import Iterator

import msgspec

from excise.proving_ground.asking import asked
from excise.proving_ground.customers import customer
from excise.proving_ground.dice import Dice
from excise.proving_ground.networks import Places
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, regular
from excise.proving_ground.said import Asked, Said, Thread, once, relay
from excise.proving_ground.setting import Setting


class UptimeMonitor(Honest):
    """A monitor or a scheduled task.

    One or a few fixed prompts, evenly, day and night, from several places.

    Round-the-clock use without a human rhythm is an indicator of the joint advisory AA26-251A; so does a
    heartbeat.
    """

    share = 1.5

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a monitor."""
        member = customer(setting, dice, "uptime_monitor", families=("plain", "shell", "sdk"), machine=True)
        if dice.chance(0.5):
            member = msgspec.structs.replace(
                member,
                places=Places(
                    tuple(dice.pick(setting.networks.clouds).address(dice) for _ in range(6)), stay_s=0.0
                ),
            )
        setup, fixed, jitter = (
            asked(dice, Asked(max_tokens=dice.pick((1, 5, 16, 64)))),
            dice.between(1, 6),
            dice.uniform(0, 0.2),
        )

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s)
            return alone(regular(dice.numpy(), counts[0], window, jitter=jitter))

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = setting.stock.take(("trivia", "math", "label"), fixed, dice)

            def thread(_member: int, moment: int) -> Thread:
                return once(None, corpus.item(moment % fixed), setup, dice.fork("ping", moment), 8)

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(120, 1.0)], plan, speak)
