"""``hf:FOLDER_OR_NAME``: a causal language model in Hugging Face's format, run here through transformers.

Code that comes with a model is never run, and pickled weights are read by PyTorch's restricted reader only.
"""

import importlib.util
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import TemplateError

from excise.errors import BadSetting
from excise.lineage.opening import rendered
from excise.lineage.replies import Message, Sampling
from excise.lineage.sampling import cannot, generate
from excise.lineage.suspects import (
    Access,
    Answered,
    Ask,
    Asked,
    NoAnswer,
    Scored,
    Suspect,
    SuspectSilent,
)
from excise.observation.canonical import canonical, sha256, sha256_of

_USUAL_WINDOW = 2048
_MOST_LOGITS = 2**27
"""Numbers of one forward pass's output at most: half a gigabyte of 32-bit floats."""

_USUAL_MAX_TOKENS = 256


class _Laid(NamedTuple):
    """A question as token ids: the reply's are those from ``start`` on; ``ends`` is where each ends in it."""

    ids: list[int]
    start: int
    ends: list[int]


class HuggingFace(Suspect):
    """A local causal language model. Its weights are here, so that log-likelihoods cost only time."""

    scheme = "hf:FOLDER_OR_NAME"
    per_call = 16

    @cached_property
    def identity(self) -> str:
        """The hash of all files of a local folder, by name; "" for a model of a hub."""
        folder = Path(self.where)
        files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
        sums = {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}
        return f"sha256:{sha256(canonical(sums))}" if sums else ""

    @property
    def access(self) -> frozenset[Access]:
        """All there is."""
        return frozenset(Access)

    def token_log_likelihoods(self, asked: Sequence[Asked]) -> list[Scored | NoAnswer]:
        """Run the model over prompt and reply at once, and take the log-softmax at each token of the reply.

        The reply is cut into tokens together with the prompt; a token that reaches over from the prompt
        counts for the reply. A prompt and reply that are longer than the model's window get no answer.
        """
        found: list[Scored | NoAnswer] = [NoAnswer("not asked") for _ in asked]
        todo: list[tuple[int, _Laid]] = []
        for at, one in enumerate(asked):
            laid = self._lay(one)
            if isinstance(laid, NoAnswer):
                found[at] = laid
            else:
                todo.append((at, laid))
        todo.sort(key=lambda item: len(item[1].ids))
        most = max(1, _MOST_LOGITS // int(self._model.config.vocab_size))
        while todo:
            batch = [todo.pop()]
            longest = len(batch[0][1].ids)
            while todo and (len(batch) + 1) * longest <= most:
                batch.append(todo.pop())
            scored = self._score([(laid, asked[at].reply) for at, laid in batch])
            for (at, _), one_scored in zip(batch, scored, strict=True):
                found[at] = one_scored
        return found

    def answers(self, asked: Sequence[Ask]) -> list[Answered | NoAnswer]:
        """Sample the continuations; the same seed gives the same text, whatever is asked beside it."""
        found: list[Answered | NoAnswer] = [NoAnswer("not asked") for _ in asked]
        # What is drawn together has the same sampling and the same room, so that nobody is cut for another.
        groups: dict[tuple[Sampling, int], list[tuple[int, list[int]]]] = {}
        for at, one in enumerate(asked):
            ids = self._head(one)
            if isinstance(ids, NoAnswer):
                found[at] = ids
                continue
            room = min(one.sampling.max_tokens or _USUAL_MAX_TOKENS, self._window - len(ids))
            groups.setdefault((one.sampling, room), []).append((at, ids))
        for (sampling, room), some in groups.items():
            texts = generate(
                self._model,
                self._tokenizer,
                [ids for _, ids in some],
                sampling=sampling,
                max_tokens=room,
                seeds=[asked[at].seed for at, _ in some],
            )
            for (at, _), (text, tokens) in zip(some, texts, strict=True):
                found[at] = Answered(text, tokens)
        return found

    def _head(self, one: Ask) -> list[int] | NoAnswer:
        """Return the tokens after which a question asks to go on."""
        undone = cannot(one.sampling)
        if undone:
            return NoAnswer(f"a local model is not sampled with {undone}")
        before = self._before(one.messages)
        if isinstance(before, NoAnswer):
            return before
        ids = self._ids(before + one.prefix)[0]
        if not ids or len(ids) >= self._window:
            return NoAnswer(
                f"the prompt has {len(ids):,} tokens and the model takes 1 to {self._window - 1:,}"
            )
        return ids

    # --- the model ---

    @cached_property
    def _device(self) -> str:
        import torch  # noqa: PLC0415 - an extra, and slow to import

        if self.terms.device != "auto":
            return self.terms.device
        return "cuda" if torch.cuda.is_available() else "cpu"

    @cached_property
    def _tokenizer(self) -> Any:  # noqa: ANN401 - transformers has no type for it that holds
        transformers = _transformers()
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(self.where, trust_remote_code=False)
        except (OSError, ValueError, KeyError, TypeError, ImportError) as error:
            raise self._cannot("tokenizer", error) from None
        if not tokenizer.is_fast:
            raise SuspectSilent(
                f"{self.name}: its tokenizer cannot say where its tokens stand in a text; "
                "save it as a fast tokenizer (tokenizer.json)"
            )
        return tokenizer

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401 - as the tokenizer
        transformers = _transformers()
        transformers.utils.logging.disable_progress_bar()  # there is one of our own
        self._tokenizer  # noqa: B018 - what is wrong with it is said before weights are read
        try:
            model = transformers.AutoModelForCausalLM.from_pretrained(
                self.where, trust_remote_code=False, dtype="auto"
            )
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError) as error:
            raise self._cannot("model", error) from None
        return model.to(self._device).eval()

    def _cannot(self, what: str, error: BaseException) -> SuspectSilent:
        said = " ".join(str(error).split())[:300]
        return SuspectSilent(f"{self.name}: its {what} cannot be loaded: {said}")

    @cached_property
    def _window(self) -> int:
        config = self._model.config
        for name in ("max_position_embeddings", "n_positions", "n_ctx", "seq_length"):
            size = getattr(config, name, None)
            if isinstance(size, int) and size > 0:
                return size
        return _USUAL_WINDOW

    # --- texts and tokens ---

    def _before(self, messages: Sequence[Message]) -> str | NoAnswer:
        if not self._tokenizer.chat_template:
            return rendered(messages)
        said = [{"role": message.role, "content": message.content} for message in messages]
        try:
            return str(self._tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=True))
        except (TemplateError, ValueError, TypeError, KeyError, IndexError) as error:
            return NoAnswer(f"its chat template refuses these messages: {' '.join(str(error).split())[:200]}")

    def _ids(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Return a text's tokens with where they stand in it, and the model's own beginning before it."""
        cut = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        ids, spans = list(cut["input_ids"]), [tuple(span) for span in cut["offset_mapping"]]
        begin = self._tokenizer.bos_token_id
        # A chat template writes its own beginning.
        if begin is not None and (not ids or ids[0] != begin) and not self._tokenizer.chat_template:
            ids, spans = [begin, *ids], [(0, 0), *spans]
        return ids, spans

    def _lay(self, one: Asked) -> _Laid | NoAnswer:
        before = self._before(one.messages)
        if isinstance(before, NoAnswer):
            return before
        ids, spans = self._ids(before + one.reply)
        edge = len(before)
        start = next((at for at, (_, end) in enumerate(spans) if end > edge), len(ids))
        if start == len(ids):
            return NoAnswer("the reply has no tokens")
        if start == 0:
            return NoAnswer("nothing stands before the reply, so its first token has no likelihood")
        if len(ids) > self._window:
            return NoAnswer(f"prompt and reply have {len(ids):,} tokens and the model takes {self._window:,}")
        return _Laid(ids, start, [end - edge for _, end in spans[start:]])

    def _score(self, batch: Sequence[tuple[_Laid, str]]) -> list[Scored | NoAnswer]:
        import torch  # noqa: PLC0415 - an extra, and slow to import

        longest = max(len(laid.ids) for laid, _ in batch)
        ids = torch.zeros((len(batch), longest), dtype=torch.long)
        mask = torch.zeros((len(batch), longest), dtype=torch.long)
        for at, (laid, _) in enumerate(batch):
            ids[at, : len(laid.ids)] = torch.tensor(laid.ids)
            mask[at, : len(laid.ids)] = 1
        scored: list[Scored | NoAnswer] = []
        with torch.inference_mode():
            logits = self._model(input_ids=ids.to(self._device), attention_mask=mask.to(self._device)).logits
            for at, (laid, reply) in enumerate(batch):
                rows = logits[at, laid.start - 1 : len(laid.ids) - 1].float().log_softmax(-1)
                chosen = ids[at, laid.start : len(laid.ids)].to(self._device)
                nats = rows.gather(-1, chosen[:, None])[:, 0].double().cpu()
                if not bool(torch.isfinite(nats).all()):
                    scored.append(NoAnswer("the model gave a log-likelihood that is no number"))
                    continue
                scored.append(Scored(_pieces(reply, laid.ends), tuple(min(x, 0.0) for x in nats.tolist())))
        return scored


def _pieces(reply: str, ends: Sequence[int]) -> tuple[str, ...]:
    """Cut a reply where its tokens end, so that the pieces joined are the reply.

    Bytes of one character share its end; what a tokenizer drops (blanks) goes with the token after it.

    >>> _pieces("a café", [1, 5, 6, 6])
    ('a', ' caf', 'é', '')
    """
    pieces, done = [], 0
    for end in ends:
        upto = min(max(end, done), len(reply))
        pieces.append(reply[done:upto])
        done = upto
    pieces[-1] += reply[done:]
    return tuple(pieces)


def _transformers() -> Any:  # noqa: ANN401 - a module
    if importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None:
        raise BadSetting("a local model needs PyTorch and transformers; say: pip install 'excise[lineage]'")
    import transformers  # noqa: PLC0415 - an extra, and slow to import

    return transformers
