from excise.casework.impact import Affected, impact_of, is_bulk
from excise.casework.policy import Bulk


def touched(count, exchanges=1):
    return impact_of(
        tuple(Affected(account=f"a{n}", exchanges=exchanges) for n in range(count)), all_exchanges=1_000
    )


def test_bulk_is_many_accounts_or_much_traffic():
    bulk = Bulk(accounts=5, traffic_share=0.1)
    assert not is_bulk(touched(4), bulk)
    assert is_bulk(touched(5), bulk)
    assert is_bulk(touched(1, exchanges=100), bulk)
    assert not is_bulk(touched(1, exchanges=99), bulk)
    assert is_bulk(touched(1), bulk, alone_before=4)
    assert not is_bulk(touched(0), bulk, alone_before=99)


def test_an_organization_is_one_customer():
    found = impact_of(
        (
            Affected(account="a", organization="acme"),
            Affected(account="b", organization="acme"),
            Affected(account="acme"),
        ),
        all_exchanges=0,
    )
    assert (found.customers, found.traffic_share) == (2, 0.0)
    assert [(one.organization, one.accounts) for one in found.organizations()] == [("acme", 2)]
