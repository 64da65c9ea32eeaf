"""Items about items: an answer to be graded, examples to be continued."""

from excise.proving_ground.content.stock import Corpus, Item
from excise.proving_ground.dice import Dice


class Graded(Item):
    """A question with an answer, or two, and the wish for a grade."""

    def __init__(self, item: Item, dice: Dice, *, pairs: bool) -> None:
        self.system = None
        words = int(dice.log_normal(60, 0.5))
        question, first = item.text, item.reply(dice, words)
        if pairs:
            second = item.reply(dice.fork("second"), words)
            self.text = f"Question: {question}\n\nA: {first}\n\nB: {second}\n\nWhich is better?"
        else:
            self.text = f"Question: {question}\n\nAnswer: {first}\n\nScore:"
        self._pairs, self._item = pairs, item

    def reply(self, dice: Dice, words: int, *, reasoned: bool = False) -> str:
        """Grade it."""
        mark = dice.pick("AB") if self._pairs else str(dice.between(1, 10))
        return f"{mark}. {self._item.reply(dice, words)}" if words > 24 or reasoned else mark


class Examples(Item):
    """Some items as numbered examples, and the wish for more."""

    def __init__(self, corpus: Corpus, dice: Dice, count: int) -> None:
        self.system = None
        self._corpus, self._count = corpus, count
        shown = [corpus.item(dice.below(corpus.size)).text for _ in range(count)]
        self.text = "\n".join(f"{n}. {text}" for n, text in enumerate(shown, 1)) + f"\n{count + 1}."

    def reply(self, dice: Dice, words: int, *, reasoned: bool = False) -> str:
        """Continue the list."""
        texts = [
            self._corpus.item(dice.bits()).text for _ in range(max(2, words // (40 if reasoned else 25)))
        ]
        return "\n".join(f"{n}. {text}" for n, text in enumerate(texts, self._count + 1))


class Revised(Item):
    """A question with a draft of an answer, and the wish for a better one."""

    def __init__(self, item: Item, dice: Dice) -> None:
        self.system = None
        self._item = item
        self.text = f"Prompt: {item.text}\n\nDraft: {item.reply(dice, int(dice.log_normal(70, 0.5)))}"

    def reply(self, dice: Dice, words: int, *, reasoned: bool = False) -> str:
        """Improve the draft."""
        return self._item.reply(dice, words, reasoned=reasoned)
