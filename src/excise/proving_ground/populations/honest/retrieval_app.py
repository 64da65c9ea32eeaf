"""Applications that answer from documents."""

from collections.abc import Iterator

from excise.proving_ground.asking import asked
from excise.proving_ground.customers import customer, firm
from excise.proving_ground.dice import Dice
from excise.proving_ground.instructions import instruction
from excise.proving_ground.populations import Honest, Party
from excise.proving_ground.rhythms import Schedule, alone, moments
from excise.proving_ground.said import Asked, Said, Thread, inlined, once, relay
from excise.proving_ground.setting import Setting


class RetrievalApp(Honest):
    """A product that puts passages from its documents before each question.

    Long prompts with shared paragraphs.

    Retrieval-augmented generation (Lewis et al. 2020) as it is sold; the shared paragraphs repeat within an
    account.
    """

    share = 3.0

    def party(self, setting: Setting, dice: Dice) -> Party:
        """Make a customer with a retrieval product."""
        of = firm(setting, dice, office=False, checked=0.5) if dice.chance(0.6) else None
        families = ("framework", "sdk", "plain")
        member = customer(setting, dice, "retrieval_app", families=families, machine=True, of=of)
        system, setup = instruction("assistant", dice.fork("app")), asked(dice, Asked(temperature=0.0))
        documents, shown = dice.between(20, 2000), dice.between(1, 5)
        shape = dice.pick(("office", "human", "flat"))

        def plan(counts: list[int]) -> Schedule:
            window = member.window(setting.start_s, setting.end_s, shape, 0.4)
            return alone(moments(dice.numpy(), counts[0], setting.busy(window, dice.fork("curve"))))

        def speak(schedule: Schedule) -> Iterator[Said]:
            questions = setting.stock.take(("chat", "support", "trivia"), len(schedule.at_s), dice)
            library = setting.stock.take(("summarize",), documents, dice.fork("library"))

            def thread(_member: int, moment: int) -> Thread:
                own = dice.fork("question", moment)
                said = next(once(system, questions.item(moment), setup, own, 90))
                found = [library.item(own.below(documents)).text for _ in range(shown)]
                passages = "\n\n".join(f"[{n}] {text}" for n, text in enumerate(found, 1))
                return iter([inlined(said, f"Context:\n{passages}\n\nQuestion:")])

            return relay(schedule, thread)

        return Party([member], [dice.log_normal(110, 1.1)], plan, speak)
