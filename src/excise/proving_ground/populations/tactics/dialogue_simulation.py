"""Dialogue simulation: a second model plays the user, and whole conversations are kept."""

from collections.abc import Iterator

from excise.proving_ground.dice import Dice
from excise.proving_ground.harvest import Harvest
from excise.proving_ground.populations import Party, Tactic
from excise.proving_ground.rhythms import Schedule, alone, sittings
from excise.proving_ground.said import Said, Thread, talk
from excise.proving_ground.setting import Setting
from excise.proving_ground.voices import Voice
from excise.proving_ground.world import Campaign


class DialogueSimulation(Tactic):
    """Accounts on which a simulated user talks with the model, turn by turn, taking up what it said.

    Self-chat: Baize (Xu et al. 2023, arXiv 2304.01196); two models in dialogue: UltraChat (Ding et al.
    2023, arXiv 2305.14233). Follow-ups depend on replies here as they do with people.
    """

    accounts = (2, 80)
    each = (40, 500)
    genres = ("chat", "write", "plan", "roleplay", "support", "code")

    def party(self, setting: Setting, dice: Dice, campaign: Campaign, name: str) -> Party:
        """Make a dialogue campaign."""
        harvest = Harvest.of(setting, dice, campaign, name, dice.pick((None, "persona", "assistant")))
        turns, gap_s = dice.uniform(3, 9), dice.log_uniform(2, 60)
        # The simulated user writes cleanly and always listens.
        voice = Voice(
            lower=False, bare=False, slips=0.0, greeting="", thanks="", listens=dice.uniform(0.7, 1.0)
        )

        def plan(counts: list[int]) -> Schedule:
            parts = []
            for n, count in enumerate(counts):
                created = harvest.members[n].account.created_at
                window = harvest.window._replace(start_s=max(harvest.window.start_s, created + 60.0))
                at_s, opens = sittings(dice.numpy("plan", n), count, window, per_sitting=turns, gap_s=gap_s)
                parts.append(alone(at_s, opens, n))
            return Schedule.merged(parts)

        def speak(schedule: Schedule) -> Iterator[Said]:
            corpus = harvest.corpus(len(schedule.at_s))

            def thread(_member: int, moment: int, own: Dice) -> Thread:
                system = harvest.wording.say(own) if harvest.wording else None
                return talk(
                    system,
                    corpus.item(moment),
                    own.pick(harvest.setups),
                    own,
                    voice,
                    words=int(harvest.words),
                )

            return harvest.threads(schedule, thread)

        return harvest.party(plan, speak)
