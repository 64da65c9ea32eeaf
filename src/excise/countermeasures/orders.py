"""Who ordered a countermeasure, why and until when, and the book in which every use of it stands.

Changing what a customer receives is a decision about a person. It has a name under it, a reason, an end, and
an address to appeal to. The book is a file of JSON lines, on disk before the reply leaves, that holds no
words of anybody.
"""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from excise.errors import BadSetting, BadTable, ExciseError


class OrderOver(ExciseError):
    """An order is not, or no longer, in force."""


class Order(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision to use a countermeasure on the replies to a campaign's accounts.

    Attributes:
        countermeasure: its name among ``countermeasures/changes``.
        campaign: whose replies; all accounts that get them are of this campaign.
        because: the reason, in words that the customer may read.
        ordered_by: who decided.
        from_s: epoch seconds.
        until_s: epoch seconds; every order ends.
        appeal: where the customer can object.
    """

    countermeasure: str
    campaign: str
    because: str
    ordered_by: str
    from_s: float
    until_s: float
    appeal: str

    def __post_init__(self) -> None:
        """Refuse an order that says too little.

        Raises:
            BadSetting: a field is empty, or it ends before it begins.
        """
        for name in ("countermeasure", "campaign", "because", "ordered_by", "appeal"):
            if not getattr(self, name).strip():
                raise BadSetting(f"an order says its {name!r}")
        if not self.from_s < self.until_s < float("inf"):
            raise BadSetting("an order has an end, after its beginning")

    def check(self, at_s: float) -> None:
        """Refuse to act outside its time.

        Raises:
            OrderOver: it is not in force at this moment.
        """
        if not self.from_s <= at_s < self.until_s:
            raise OrderOver(
                f"the order of {self.ordered_by} to use {self.countermeasure} on {self.campaign} holds from "
                f"{self.from_s:.0f} until {self.until_s:.0f}, and it is {at_s:.0f}: give a new order"
            )


class Act(Struct, frozen=True, kw_only=True):
    """One use: a line of the book.

    Attributes:
        at_s: epoch seconds.
        order: under which it happened.
        reply: the reply's id, as the provider's own log names it.
        changed: how much was changed; 0 where there was nothing to change.
        unit: of ``changed``, such as "tokens" or "fields".
    """

    at_s: float
    order: Order
    reply: str
    changed: int
    unit: str


class Book:
    """The file that every use is entered in before the reply leaves.

    >>> import tempfile
    >>> order = Order(countermeasure="reasoning", campaign="campaign-7", because="pulls reasoning traces",
    ...     ordered_by="ann", from_s=0.0, until_s=60.0, appeal="appeals@provider.example")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     book = Book(Path(folder) / "acts.jsonl")
    ...     book.enter(order, reply="r-1", changed=1, unit="fields", at_s=5.0)
    ...     [(act.reply, act.order.ordered_by) for act in book.acts()]
    [('r-1', 'ann')]
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def enter(self, order: Order, *, reply: str, changed: int, unit: str, at_s: float) -> None:
        """Enter a use.

        Raises:
            OrderOver: the order is not in force; nothing is entered.
        """
        order.check(at_s)
        act = Act(at_s=at_s, order=order, reply=reply, changed=changed, unit=unit)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as out:
            out.write(msgspec.json.encode(act) + b"\n")
            out.flush()
            os.fsync(out.fileno())

    def acts(self) -> tuple[Act, ...]:
        """Return all uses, the oldest first.

        Raises:
            BadTable: a line of the book is damaged.
        """
        if not self.path.exists():
            return ()
        acts = []
        for row, line in enumerate(self.path.read_bytes().splitlines(), start=1):
            try:
                acts.append(msgspec.json.decode(line, type=Act))
            except (msgspec.DecodeError, UnicodeDecodeError, BadSetting) as error:
                raise BadTable(f"{self.path}, line {row}: {error}; restore the book") from None
        return tuple(acts)
