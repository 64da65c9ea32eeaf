"""Session replay: conversations that one account began are continued by others."""

from collections.abc import Iterator

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule
from excise.proving_ground.said import Message, Said, Thread, opened
from excise.proving_ground.setting import Setting
from excise.proving_ground.world import Campaign


class SessionReplay(Tactic):
    """A pool that branches conversations.

    The same beginning is sent again by other accounts with another last turn.

    Cross-session replay of reasoning and of whole prefixes: Anthropic threat report, September 2026
    (GTG-16002; GTG-16008 replayed sessions of its own model).
    """

    accounts = (4, 80)
    each = (30, 400)
    genres = ("chat", "code", "plan", "roleplay", "support", "write")

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a replay campaign."""
        harvest = Harvest.of(setting, dice, campaign, name, dice.pick((None, "assistant", "developer")))
        branches, depth = dice.between(2, 6), dice.between(1, 4)

        def speak(schedule: Schedule) -> Iterator[Said]:
            total = len(schedule.at_s)
            starts = harvest.corpus(max(1, total // branches))
            turns = setting.stock.harvest(campaign.genres, total, dice.fork("turns"))

            def thread(_member: int, moment: int, own: Dice) -> Thread:
                # A beginning depends on its number alone: whoever replays it sends the same words.
                number = own.below(max(1, total // branches))
                origin = dice.fork("origin", number)
                system = harvest.wording.say(origin) if harvest.wording else None
                messages = list(opened(system, starts.item(number).text))
                for step in range(1 + origin.below(depth)):
                    messages.append(Message("assistant", starts.item(number).reply(origin, 80)))
                    messages.append(Message("user", turns.item(number * 7 + step).text))
                last = turns.item(moment)
                messages[-1] = Message("user", last.text)
                reply = last.reply(own, int(harvest.words))
                return iter([Said(tuple(messages), (reply,), own.pick(harvest.setups), own.hex(12))])

            return harvest.threads(schedule, thread)

        return harvest.party(speak=speak)
