"""Strings that somebody who writes logs could try, and a deployment in which every text field is one of them.

Whatever of them acts shows: every tag, attribute, function and style that they bring has ``hurt`` in its
name, and every template and formula comes to ``TELL``, which is written nowhere else.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np

TELL = 7919 * 7907
_LONG = 1_000_000
_SHAPES: tuple[Callable[[str], str], ...] = (
    lambda n: f"<script>hurt('{n}')</script>",
    lambda n: f"</script><script>hurt('{n}')</script>",
    lambda n: f"<img src=x onerror=hurt('{n}')>",
    lambda n: f'"><svg onload="hurt(\'{n}\')">',
    lambda n: f"' onmouseover='hurt({n})' data-hurt='",
    lambda n: f'" autofocus onfocus="hurt({n})" data-hurt="',
    lambda n: f"<x-hurt-{n} data-hurt={n}>",
    lambda n: f"</title></textarea></select><x-hurt-{n}>",
    lambda n: f"<svg><style>*{{display:none}}</style><x-hurt-{n} /></svg>",
    lambda n: f"<math><mi xlink:href='javascript:hurt({n})'>",
    lambda n: f"<a href='javascript:hurt({n})'>{n}</a>",
    lambda n: f"<iframe srcdoc='<script>hurt({n})</script>'></iframe>",
    lambda n: f"<base href='https://hurt.example/{n}/'><link rel=stylesheet href=//hurt.example/{n}>",
    lambda n: f"<meta http-equiv=refresh content='0;url=https://hurt.example/{n}'>",
    lambda n: f"<form action=https://hurt.example/{n}><button>{n}",
    lambda n: f"<!-- {n} --!><x-hurt-{n}>",
    lambda n: f"<![CDATA[{n}]]><x-hurt-{n}>",
    lambda n: f"{{{{ 7919 * 7907 }}}} {n}",
    lambda n: f"{{% for x in range(3) %}}{{{{ 7919*7907 }}}}{{% endfor %}}{n}",
    lambda n: f"${{7919*7907}} #{{7919*7907}} <%= 7919*7907 %> {n}",
    lambda n: f"=7919*7907+{n}",
    lambda n: f"@SUM(7919*7907)|{n}",
    lambda n: f"+7919*7907+{n}",
    lambda n: f"-7919*7907-{n}",
    lambda n: f'\t=HYPERLINK("https://hurt.example/{n}")',
    lambda n: f"=cmd|' /C calc'!A{n}",
    lambda n: f"acct\u202e{n}\u2066gpj.exe\u2069\u200f\u061c",
    lambda n: f"nul\x00in\x07side\x1b[31m{n}\x1b]0;hurt\x07\x1b]8;;https://hurt.example\x07",
    lambda n: f"\u2028\u2029\r\n\x0b\x0c\x85{n}",
    lambda n: f"javascript:hurt({n})",
    lambda n: f"data:text/html,<script>hurt({n})</script>",
    lambda n: f"</style><style>body{{display:none}}</style>{n}",
    lambda n: f"color:red;background:url(https://hurt.example/{n})",
    lambda n: f"{n}');hurt();//",
    lambda n: f'{{"__proto__":{{"hurt":{n}}}}}',
    lambda n: f"{n}" + "\u0301" * 300,
    lambda n: f"{n}" + "W" * 4_000,
    lambda n: f"{n} " + "\ufdfd" * 60,
    lambda n: f"&lt;x-hurt-{n}&gt; &#60;x-hurt-{n}&#62;",
    lambda n: f"../../../../etc/passwd?{n}",
    lambda n: f"[b]{n}[/b] [link=https://hurt.example]{n}[/link]",
    lambda n: f"$\\href{{javascript:hurt({n})}}{{x}}$ %{{x|hurt}}",
    lambda n: f"\ufeff\u00ad\u200b\u200d{n}\U000e0041",
)


def strings(seed: int, count: int) -> Iterator[str]:
    """Yield hostile strings, no two alike: one shape, or two of them in one."""
    draw = np.random.default_rng(seed)
    for number in range(count):
        shape = _SHAPES[number % len(_SHAPES)]
        text = shape(str(number))
        yield text + _SHAPES[int(draw.integers(len(_SHAPES)))](str(number)) if draw.random() < 0.3 else text


_FIELDS = frozenset(
    {
        "model",
        "model_group",
        "user_api_key_hash",
        "user_api_key_user_id",
        "user_api_key_org_id",
        "user_api_key_team_id",
        "user_agent",
        "x-ja4",
        "end_user",
        "trace_id",
        "custom_llm_provider",
        "account",
        "email_domain",
        "payment_fingerprint",
        "plan",
        "organization",
        "verification",
        "error_str",
    }
)
_LISTS = frozenset({"request_tags"})


class Poison:
    """Puts hostile strings in the place of others: the same for the same, so what was linked still is."""

    def __init__(self, seed: int, count: int) -> None:
        self._pool = strings(seed, count)
        self._of: dict[tuple[str, str], str] = {}
        self.used: list[str] = []

    def of(self, field: str, text: str) -> str:
        """Return what stands for a text of a field."""
        kind = "account" if field in {"account", "user_api_key_user_id"} else field.partition("_group")[0]
        if (kind, text) not in self._of:
            fresh = next(self._pool, None)
            if fresh is None:  # all are in use: again from the first, still no two alike
                fresh = f"{self.used[len(self._of) % len(self.used)]}{len(self._of)}"
            else:
                self.used.append(fresh)
            self._of[kind, text] = fresh
        return self._of[kind, text]

    def into(self, value: object, field: str = "") -> object:
        """Return a record with hostile text in every field that holds any."""
        if isinstance(value, dict):
            return {name: self.into(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [self.into(one, field) for one in value]
        if not isinstance(value, str):
            return value
        if field == "content":
            return f"{value} {self.of(field, value[:40])}"
        return self.of(field, value) if field in _FIELDS | _LISTS else value


def poisoned(log: Path, out: Path, seed: int, count: int) -> Poison:
    """Write a composed provider's log and tables again with hostile text, and say what was put where.

    Args:
        log: the composed folder.
        out: goes here, made.
        seed: of the strings.
        count: how many of them.
    """
    poison = Poison(seed, count)
    out.mkdir()
    with gzip.open(log / "log.litellm.jsonl.gz", "rt") as lines, (out / "log.jsonl").open("w") as kept:
        for place, line in enumerate(lines):
            record = poison.into(json.loads(line))
            if place in {3, 300}:  # a word of a megabyte where words are, and where names are
                record["messages"][-1]["content"] += "W" * _LONG
                record["metadata"]["user_agent"] = "W" * _LONG
            kept.write(json.dumps(record) + "\n")
    with (log / "accounts.jsonl").open() as lines, (out / "accounts.jsonl").open("w") as kept:
        for line in lines:
            kept.write(json.dumps(poison.into(json.loads(line))) + "\n")
    releases = json.loads((log / "releases.json").read_text())
    (out / "releases.json").write_text(json.dumps(poison.into(releases)))
    return poison


class Read(HTMLParser):
    """What a page is made of: its tags, attributes, addresses and scripts, as a parser sees them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.addresses: set[str] = set()
        self.inline = 0
        self.shown: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag down."""
        given = dict(attrs)
        # What a form sends back stays as it is; all else is read by somebody.
        self.shown += [given[name] or "" for name in ("title", "aria-label", "alt") if name in given]
        self.names |= {tag, *given}
        self.addresses |= {
            given[name] or "" for name in ("href", "src", "action", "formaction", "srcset") if name in given
        }
        if tag == "style" or (
            tag == "script" and "src" not in given and given.get("type") != "application/json"
        ):
            self.inline += 1

    def handle_data(self, data: str) -> None:
        """Take text down."""
        self.shown.append(data)

    def wrong(self) -> list[str]:
        """Return what no page of ours holds."""
        return [
            *(name for name in self.names if "hurt" in name or name.startswith("on")),
            *({"base", "iframe", "object", "embed", "style"} & self.names),
            *(one for one in self.addresses if one and not one.startswith(("/", "#", "data:,", "?"))),
        ]
