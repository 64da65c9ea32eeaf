from excise.proving_ground.customers import customer
from excise.proving_ground.dice import Dice


def test_nobody_sends_before_the_account_exists(fresh):
    setting = fresh()
    for n in range(300):
        member = customer(setting, Dice.of("m", n), "person")
        window = member.window(setting.start_s, setting.end_s)
        assert setting.start_s <= window.start_s < window.end_s == setting.end_s
        assert window.start_s > member.account.created_at or window.start_s == setting.start_s
