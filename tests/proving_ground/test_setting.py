from dataclasses import replace

import numpy as np

from excise.proving_ground.dice import Dice
from excise.proving_ground.rhythms import Window
from excise.proving_ground.setting import DAY_S, Models


def test_the_newest_model_comes_out_during_the_log():
    for n in range(100):
        models = Models.of(Dice(n), 1000.0, 9)
        assert 1000.0 < models.released_at_s < 1000.0 + 9 * DAY_S
        assert len({models.usual, models.small, models.newest}) == 3


def test_servers_follow_real_rates_only_where_there_are_some(fresh):
    setting, window = fresh(), Window(0.0, 1e6)
    assert setting.busy(window, Dice(1)) is window
    real = replace(setting, curves=(np.arange(200.0),))
    curves = [real.busy(window, Dice(n)).curve for n in range(40)]
    assert 20 <= sum(curve is not None for curve in curves) < 40
