from excise.cli.lineage._bar import Bar, figure
from excise.lineage.asking import Moment


def moment(bits, control_bits=None):
    return Moment(steps=5, of_steps=10, asked=1_200, bits=bits, control_bits=control_bits)


def test_a_moment_has_words():
    assert figure(moment(None), 30.0) == "1,200 questions"
    assert figure(moment(12.34, -1.5), 30.0) == (
        "1,200 questions, 12.3 of 30 bits, controls at most \N{MINUS SIGN}1.5"
    )


def test_the_bar_is_silent_where_there_is_no_terminal(capfd):
    with Bar(30.0) as bar:
        bar(moment(1.0))
        bar(moment(2.0))
    assert capfd.readouterr() == ("", "")
