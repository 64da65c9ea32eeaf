"""A viral prompt: strangers who all try the same thing in the same days."""

from collections.abc import Iterator

from excise.proving_ground.asking import chatting
from excise.proving_ground.customers import customer
from excise.proving_ground.dice import Dice
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, moments, sittings
from excise.proving_ground.said import Said, Thread, once, relay, talk
from excise.proving_ground.setting import DAY_S, Setting
from excise.proving_ground.voices import Voice


class ViralPrompt(Honest):
    """People who saw the same prompt and try it, some with a twist, and then go back to what they do.

    Identical prompts of unrelated accounts at close times are replication, not a queue.
    """

    share = 3.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make the people whom one prompt reached."""
        members = [
            customer(setting, dice.fork("person", n), "viral_prompt", families=("chat",))
            for n in range(dice.between(8, 40))
        ]
        seen_s = setting.start_s + dice.uniform(0, max(0.5, setting.world.days - 1.5)) * DAY_S

        def plan(counts: list[int]) -> Schedule:
            parts = []
            for n, count in enumerate(counts):
                rng, member = dice.numpy(n), members[n]
                first = max(1, count // 3)
                begin_s = max(seen_s, member.account.created_at)
                fresh = member.window(seen_s, min(setting.end_s, begin_s + 2 * DAY_S), "evening")
                usual = member.window(setting.start_s, setting.end_s, "human")
                parts.append(alone(moments(rng, first, fresh), who=n))
                if count > first:
                    parts.append(alone(*sittings(rng, count - first, usual, per_sitting=4), n))
            return Schedule.merged(parts)

        def speak(schedule: Schedule) -> Iterator[Said]:
            total = len(schedule.at_s)
            viral = setting.stock.take(("roleplay", "write", "trivia"), 3, dice.fork("viral"))
            corpus = setting.stock.take(("chat", "write", "trivia", "code"), total, dice)
            voices = [Voice.of(dice.fork("voice", n)) for n in range(len(members))]
            setups = [chatting(dice.fork("asked", n)) for n in range(len(members))]

            def thread(member: int, moment: int) -> Thread:
                own = dice.fork("say", moment)
                if seen_s <= schedule.at_s[moment] < seen_s + 2 * DAY_S and own.chance(0.7):
                    item = viral.item(min(own.below(3), own.below(3)))
                    return once(None, item, setups[member], own, 120)
                return talk(None, corpus.item(moment), setups[member], own, voices[member], words=120)

            return relay(schedule, thread)

        return Party(members, [dice.log_normal(14, 1.0) for _ in members], plan, speak)
