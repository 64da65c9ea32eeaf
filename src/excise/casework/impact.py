"""Impact: whom a decision would touch, and how much of all traffic, before anything goes live."""

from msgspec import Struct

from excise.casework.policy import Bulk


class Affected(Struct, frozen=True, kw_only=True):
    """One account that a decision touches; ``programme`` exempts it, ``picked`` says a canary picks it."""

    account: str
    actor: str | None = None
    organization: str | None = None
    verified: bool | None = None
    exchanges: int = 0
    tokens_out: int = 0
    programme: str | None = None
    picked: bool = True


class Customer(Struct, frozen=True, kw_only=True):
    """An organization that a decision touches, and how much of it."""

    organization: str
    accounts: int
    verified: int
    exchanges: int


class Impact(Struct, frozen=True, kw_only=True):
    """What a decision would do.

    Attributes:
        accounts: those that it touches, the one with the most exchanges first.
        exempt: those that a programme keeps out.
        customers: organizations, and accounts of none.
        verified: of the accounts, how many the provider has verified.
        carried_out_on: how many accounts: fewer than ``accounts`` for a canary, 0 in shadow.
        traffic_share: of all exchanges of all accounts.
    """

    accounts: tuple[Affected, ...]
    exempt: tuple[Affected, ...]
    customers: int
    verified: int
    carried_out_on: int
    exchanges: int
    tokens_out: int
    traffic_share: float

    def organizations(self) -> tuple[Customer, ...]:
        """Return the organizations that it touches, the one with the most exchanges first.

        >>> two = (Affected(account="a", organization="acme", exchanges=5), Affected(account="b"))
        >>> impact_of(two, all_exchanges=50).organizations()
        (Customer(organization='acme', accounts=1, verified=0, exchanges=5),)
        """
        held: dict[str, list[Affected]] = {}
        for one in self.accounts:
            if one.organization is not None:
                held.setdefault(one.organization, []).append(one)
        found = [
            Customer(
                organization=name,
                accounts=len(its),
                verified=sum(one.verified is True for one in its),
                exchanges=sum(one.exchanges for one in its),
            )
            for name, its in held.items()
        ]
        return tuple(sorted(found, key=lambda one: (-one.exchanges, one.organization)))

    def sentence(self) -> str:
        """Say it in one sentence.

        >>> impact_of((Affected(account="a", exchanges=5, verified=True),), all_exchanges=50).sentence()
        '1 account of 1 customer, 1 verified; 5 exchanges, 10.00% of all traffic; carried out on 1'
        """
        accounts, customers = len(self.accounts), self.customers
        exempt = f"; {len(self.exempt):,} exempt by a programme" if self.exempt else ""
        return (
            f"{accounts:,} account{'s' * (accounts != 1)} of {customers:,} customer{'s' * (customers != 1)}, "
            f"{self.verified:,} verified; {self.exchanges:,} exchanges, "
            f"{self.traffic_share:.2%} of all traffic; carried out on {self.carried_out_on:,}{exempt}"
        )


def impact_of(affected: tuple[Affected, ...], *, all_exchanges: int, simulated: bool = False) -> Impact:
    """Add up whom a decision touches.

    Args:
        affected: all accounts that it is about, the exempt among them.
        all_exchanges: of all accounts of the deployment.
        simulated: it is only written down.
    """
    touched = tuple(
        sorted(
            (one for one in affected if one.programme is None), key=lambda one: (-one.exchanges, one.account)
        )
    )
    exchanges = sum(one.exchanges for one in touched)
    return Impact(
        accounts=touched,
        exempt=tuple(
            sorted((one for one in affected if one.programme is not None), key=lambda one: one.account)
        ),
        customers=len({one.organization or f"account {one.account}" for one in touched}),
        verified=sum(one.verified is True for one in touched),
        carried_out_on=0 if simulated else sum(one.picked for one in touched),
        exchanges=exchanges,
        tokens_out=sum(one.tokens_out for one in touched),
        traffic_share=exchanges / all_exchanges if all_exchanges else 0.0,
    )


def is_bulk(impact: Impact, bulk: Bulk, *, alone_before: int = 0) -> bool:
    """Say whether a second person has to agree; ``alone_before`` counts what one decided alone lately."""
    return len(impact.accounts) > 0 and (
        len(impact.accounts) + alone_before >= bulk.accounts or impact.traffic_share >= bulk.traffic_share
    )
