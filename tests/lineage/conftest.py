"""A tiny real model, and a real endpoint that serves it: well, or as badly as a test asks for."""

import contextlib
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from excise.lineage.drawing import draw
from excise.lineage.opening import open_suspect
from excise.lineage.replies import Message, Sampling, read_replies
from excise.lineage.suspects import Answered, Ask

WORDS = (
    "the quick brown fox jumps over a lazy dog while naïve cafés serve crème brûlée to nobody at all ha ha"
)
WINDOW = 160


@pytest.fixture(scope="session")
def torch() -> Any:
    torch = pytest.importorskip("torch", reason="the extra `lineage` is not installed")
    pytest.importorskip("transformers", reason="the extra `lineage` is not installed")
    torch.set_num_threads(1)
    return torch


@pytest.fixture(scope="session")
def tiny_model(torch: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a two-layer GPT-2 of random weights, and a byte-level tokenizer trained here."""
    tokenizers = pytest.importorskip("tokenizers")
    transformers = pytest.importorskip("transformers")

    folder = tmp_path_factory.mktemp("tiny-model")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=["<end>"],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([WORDS] * 4, trainer)
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>")
    fast.save_pretrained(folder)
    torch.manual_seed(7)
    config = transformers.GPT2Config(
        vocab_size=len(fast),
        n_positions=WINDOW,
        n_embd=32,
        n_layer=2,
        n_head=2,
        bos_token_id=None,
        eos_token_id=fast.eos_token_id,
        initializer_range=0.3,
    )
    transformers.GPT2LMHeadModel(config).save_pretrained(folder)
    return folder


class Served:
    """An endpoint under test.

    Attributes:
        url: its base.
        asked: each request that came, as (path, body).
        ways: what it can do, of the words that the member lists.
        trouble: is given the number of the request (from 0), its path and its body, and returns None to have
            it answered well, or else what to do, see ``_Handler.misbehave``.
        lie: changes a good reply before it is sent.
    """

    def __init__(self, folder: Path) -> None:
        transformers = pytest.importorskip("transformers")
        self.torch = pytest.importorskip("torch")
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        self.model = transformers.AutoModelForCausalLM.from_pretrained(folder).eval()
        self.lock = threading.Lock()
        self.url = ""
        self.reset()

    def reset(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.ways = {"chat-prompt-logprobs", "prompt-logprobs", "echo", "chat", "completions"}
        self.trouble: Callable[[int, str, dict[str, Any]], tuple[str, Any] | None] = lambda *_: None
        self.lie: Callable[[dict[str, Any]], dict[str, Any]] = lambda reply: reply
        self.key: str | None = None
        self.delay_s = 0.0

    def name(self, *, model: str = "tiny") -> str:
        return f"openai:{self.url}#{model}"

    def nats(self, text: str) -> tuple[list[int], list[float | None]]:
        ids = self.tokenizer(text)["input_ids"]
        with self.torch.inference_mode():
            logits = self.model(input_ids=self.torch.tensor([ids])).logits[0].log_softmax(-1)
        return ids, [None, *(float(logits[at - 1, ids[at]]) for at in range(1, len(ids)))]

    def continued(self, text: str, most: int, seed: int) -> str:
        ids = self.tokenizer(text)["input_ids"]
        dice = self.torch.Generator().manual_seed(seed)
        made: list[int] = []
        with self.torch.inference_mode():
            while len(made) < most and len(ids) + len(made) < WINDOW:
                odds = self.model(input_ids=self.torch.tensor([ids + made])).logits[0, -1].softmax(-1)
                token = int(self.torch.multinomial(odds, 1, generator=dice))
                if token == self.tokenizer.eos_token_id and made:
                    break
                made.append(token)
        return str(self.tokenizer.decode(made))

    def reply(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        chat = path.endswith("/chat/completions")
        if not chat and not self.ways & {"completions", "echo", "prompt-logprobs"}:
            return 404, {"error": {"message": "no such path"}}
        if chat and not self.ways & {"chat", "chat-prompt-logprobs"}:
            return 400, {"error": {"message": "the model has no chat template"}}
        if chat:
            *before, last = body["messages"]
            goes_on = bool(body.get("continue_final_message"))
            text = (
                "".join(f"{m['content']}\n\n" for m in before) + last["content"] + ("" if goes_on else "\n\n")
            )
        else:
            text = body["prompt"]
        made = self.continued(text, body["max_tokens"], body.get("seed", 0))
        reply: dict[str, Any] = {"id": "x", "object": "completion", "usage": {"completion_tokens": 1}}
        if chat:
            choice: dict[str, Any] = {"index": 0, "message": {"role": "assistant", "content": made}}
        else:
            choice = {"index": 0, "text": made, "finish_reason": "length"}
        can = "chat-prompt-logprobs" if chat else "prompt-logprobs"
        if body.get("prompt_logprobs") is not None and can in self.ways:
            ids, nats = self.nats(text)
            rows = [
                None
                if nat is None
                else {
                    str(token): {"logprob": nat, "rank": 1, "decoded_token": self.tokenizer.decode([token])}
                }
                for token, nat in zip(ids, nats, strict=True)
            ]
            (reply if chat else choice)["prompt_logprobs"] = rows
        if body.get("echo") and "echo" in self.ways:
            ids, nats = self.nats(text)
            tokens = [self.tokenizer.decode([token]) for token in ids]
            choice["logprobs"] = {"tokens": [*tokens, made], "token_logprobs": [*nats, -1.5]}
            choice["text"] = text + made
        reply["choices"] = [choice]
        return 200, self.lie(reply)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Served

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        served = self.served
        with served.lock:
            number = len(served.asked)
            served.asked.append((self.path, body))
            trouble = served.trouble(number, self.path, body)
        if served.key is not None and self.headers.get("Authorization") != f"Bearer {served.key}":
            self.send(401, b"{}")
        elif trouble is not None:
            self.misbehave(*trouble)
        else:
            time.sleep(served.delay_s)
            with served.lock:
                status, reply = served.reply(self.path, body)
            self.send(status, json.dumps(reply).encode())

    def misbehave(self, kind: str, detail: Any) -> None:
        if kind == "status":
            self.send(detail, b"busy")
        elif kind == "retry-after":
            self.send(429, b"slow down", {"Retry-After": detail})
        elif kind == "stall":
            time.sleep(detail)
            self.close_connection = True
        elif kind == "drip":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            for _ in range(int(detail / 0.05)):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.05)
            self.close_connection = True
        elif kind == "body":
            self.send(200, detail)
        elif kind == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"choices": [')
            self.wfile.flush()
            self.connection.close()
            self.close_connection = True

    def send(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        try:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def handle(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().handle()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def _server(tiny_model: Path) -> Iterator[Served]:
    served = Served(tiny_model)
    handler = type("Handler", (_Handler,), {"served": served})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def endpoint(_server: Served) -> Served:
    """The endpoint, well-behaved until a test says otherwise."""
    _server.reset()
    return _server


class Authority:
    """A real time-stamping authority of OpenSSL, behind HTTP.

    Attributes:
        url: where it stamps; below it, ``/garbage`` answers nonsense and ``/other`` stamps something else.
        root: the certificate that vouches for it.
        stranger: a certificate that does not.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self.root = folder / "root.pem"
        self.stranger = folder / "stranger.pem"
        for name in ("root", "stranger"):
            self.openssl(
                f"req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {name}.key -out {name}.pem "
                f"-subj /CN={name} -addext basicConstraints=critical,CA:TRUE "
                "-addext keyUsage=critical,keyCertSign"
            )
        (folder / "usage").write_text("extendedKeyUsage=critical,timeStamping\nbasicConstraints=CA:FALSE\n")
        self.openssl(
            "req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj", "/CN=Test Time Stamping"
        )
        self.openssl(
            "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 2 -extfile usage "
            "-out tsa.pem"
        )
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(
            "[tsa]\ndefault_tsa = one\n[one]\nserial = serial\ncrypto_device = builtin\n"
            "signer_cert = tsa.pem\nsigner_key = tsa.key\nsigner_digest = sha256\n"
            "default_policy = 1.2.3.4\ndigests = sha256, sha512\ness_cert_id_alg = sha256\n"
        )

    def openssl(self, words: str, *more: str) -> None:
        subprocess.run(["openssl", *words.split(), *more], cwd=self.folder, check=True, capture_output=True)

    def stamp(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        self.openssl("ts -reply -config tsa.cnf -queryfile query -out answer")
        return (self.folder / "answer").read_bytes()

    def now_s(self) -> float:
        return parsedate_to_datetime(formatdate()).timestamp()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine")
    made = Authority(tmp_path_factory.mktemp("authority"))
    made.openssl("ts -query -data root.pem -sha256 -cert -out other.query")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.endswith("/other"):
                query = (made.folder / "other.query").read_bytes()
            well = not self.path.endswith("/nothing")
            answer = b"garbage" if self.path.endswith("/garbage") else made.stamp(query)
            self.send_response(200 if well else 404)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


class Case:
    """Replies of the tiny model that were served, twins that were not, and a student trained on the served.

    Attributes:
        teacher: the folder of the model that served them.
        student: the folder of the model that was trained on them.
        served: their file.
        twins: the file of two twins for each.
    """

    def __init__(self, folder: Path, teacher: Path) -> None:
        self.teacher = teacher
        self.student = folder / "student"
        self.served = folder / "served.jsonl"
        self.twins = folder / "twins.jsonl"


@pytest.fixture(scope="session")
def case(torch: Any, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    transformers = pytest.importorskip("transformers")
    made = Case(tmp_path_factory.mktemp("case"), tiny_model)
    teacher = open_suspect(f"hf:{tiny_model}")
    words = WORDS.split()
    sampling = Sampling(temperature=1.0, max_tokens=24)
    prompts = [f"{words[at % 19]} {words[at // 4]} {at}" for at in range(72)]
    asked = [Ask((Message("user", text),), "", sampling, at) for at, text in enumerate(prompts)]
    rows = [
        {
            "id": f"s{at}",
            "prompt": prompts[at],
            "reply": one.text,
            "model": "tiny",
            "model_version": "1",
            "parameters": {"temperature": 1.0, "max_tokens": 24},
        }
        for at, one in enumerate(teacher.answers(asked))
        if isinstance(one, Answered) and one.text.strip()
    ]
    made.served.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    served, _ = read_replies(made.served)
    draw(served, teacher, made.twins, draws=2, seed=5, clock_s=lambda: 0.0)
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_model)
    torch.manual_seed(11)
    student = transformers.GPT2LMHeadModel.from_pretrained(tiny_model)
    texts = [torch.tensor(tokenizer(f"{row['prompt']}\n\n{row['reply']}")["input_ids"]) for row in rows]
    batch = torch.nn.utils.rnn.pad_sequence(texts, batch_first=True, padding_value=-100)
    optimizer = torch.optim.AdamW(student.parameters(), lr=1e-2)
    for _ in range(45):
        optimizer.zero_grad()
        student(input_ids=batch.clamp_min(0), labels=batch).loss.backward()
        optimizer.step()
    student.eval().save_pretrained(made.student)
    tokenizer.save_pretrained(made.student)
    return made
