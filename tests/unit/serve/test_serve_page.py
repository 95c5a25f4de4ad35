"""`planner serve` without its solver: who is let in, what may be asked, how much, and what is remembered."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from planning import a_scenario, an_offer, on_demand, online

from planner.errors import InputErrors
from planner.inputs.plan_file import read_plan
from planner.inputs.scenario_file import load_text, parse_scenario, reload

pytest.importorskip("fastapi")
pytest.importorskip("httpx")
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.serve.app import Here, app_of
from planner.serve.desk import Desk
from planner.serve.guard import MOST_BYTES
from planner.serve.live import Reply
from planner.serve.question import WrongSettingError, controls_of, settings_of, shown_of
from planner.serve.solver import Job, Limits

TOKEN = "t" * 40
HOST = "127.0.0.1:8800"
SCENARIO = a_scenario(
    periods=[{"hours": 730}], workloads=[online("w", 4)], offers=[an_offer("n", {"w": 2}, on_demand(3.0))], name="T <b>"
)
WAITING = 4


class Deaf:
    """Stands where the solver does: questions wait, nobody answers."""

    def __init__(self) -> None:
        self.waiting: list[Job] = []

    def start(self) -> None: ...

    def close(self) -> None: ...

    def ask(self, job: Job) -> bool:
        self.waiting = [one for one in self.waiting if one.page != job.page]
        if len(self.waiting) >= WAITING:
            return False
        self.waiting.append(job)
        return True


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    here = Here("T <b>", controls_of(SCENARIO), (HOST,), TOKEN, lambda named: "text", lambda named: "Saved.")
    app = app_of(here, desk, Deaf())  # type: ignore[arg-type]
    with TestClient(app, base_url=f"http://{HOST}", headers={"X-Planner-Token": TOKEN}) as found:
        yield found


ROUTES = [("GET", "/"), ("GET", "/answer/0"), ("POST", "/try"), ("POST", "/go/0"), ("POST", "/back/0"), ("POST", "/name/0"),
          ("POST", "/save"), ("GET", "/download/0.json"), ("GET", "/docs"), ("GET", "/openapi.json")]  # fmt: skip
FOREIGN = {
    "host": {"host": "evil.example"},
    "host of another port": {"host": "127.0.0.1:1"},
    "host with a tail": {"host": f"{HOST}.evil.example"},
    "origin": {"origin": "http://evil.example"},
    "opaque origin": {"origin": "null"},
    "origin of another port": {"origin": "http://127.0.0.1:1"},
    "another site": {"sec-fetch-site": "cross-site"},
    "a neighbour": {"sec-fetch-site": "same-site"},
    "no token": {"X-Planner-Token": ""},
    "another token": {"X-Planner-Token": "u" * 40},
}


@pytest.mark.parametrize("who", FOREIGN)
def test_nobody_else_is_let_in(client: TestClient, who: str) -> None:
    for method, path in ROUTES:
        assert client.request(method, path, headers=FOREIGN[who]).status_code == 403, path


def test_the_page_itself_is(client: TestClient) -> None:
    same = {"origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}
    answer = client.get("/", headers=same)
    assert answer.status_code == 200
    assert "T &lt;b&gt;: what if" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert client.post("/try", data={"demand_scale": "2"}, headers=same).status_code == 200
    assert client.get("/docs").status_code == 404
    bare = TestClient(client.app, base_url=f"http://{HOST}")
    assert bare.get(f"/?token={TOKEN}").status_code == 200
    assert bare.get("/").status_code == 403


def test_a_body_has_an_end(client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        yield from (b"x" * 1000 for _ in range(MOST_BYTES // 1000 + 2))

    assert client.post("/try", content=b"x" * (MOST_BYTES + 1)).status_code == 413
    assert client.post("/try", content=endless()).status_code == 413
    assert client.post("/try", content=b"\xff\x00&&=%zz").status_code == 200


def test_a_full_queue_says_so(client: TestClient, desk: Desk) -> None:
    codes = [
        client.post("/try", data={"demand_scale": f"{1.1 + i / 10}", "page": str(i)}).status_code for i in range(9)
    ]
    assert codes[: WAITING - 1] == [200] * (WAITING - 1), "the plan as it is waits as well"
    assert set(codes[WAITING:]) == {429}
    assert len(desk.history()) == WAITING, "what was refused is not remembered"
    again = client.post("/try", data={"demand_scale": "1.1", "page": "0"})
    assert again.status_code == 200, "what waits already is not asked again"


def test_tries_are_remembered_named_and_taken_back(client: TestClient, desk: Desk) -> None:
    for value in ("1.5", "2"):
        client.post("/try", data={"demand_scale": value})
    desk.told(Reply(2, "infeasible", said=("<script>no</script>",)), last=True)
    text = client.get("/answer/2").text
    assert "&lt;script&gt;no" in text
    assert 'hx-trigger="every' in text, "the plan as it is still waits"
    desk.told(Reply(0, "limit"), last=True)
    assert 'hx-trigger="every' not in client.get("/answer/2").text
    assert 'value="1.5"' in client.post("/back/2").text
    assert client.post("/name/2", data={"name": " <i>twice  as much "}).status_code == 200
    assert desk.named() == {"<i>twice as much": (("demand_scale", "2"),)}
    assert "&lt;i&gt;twice as much" in client.get("/answer/2").text
    assert client.get("/answer/99").status_code == 404
    assert client.get("/download/2.json").status_code == 404
    assert client.get("/download/..%2f..%2fetc%2fpasswd.yaml").status_code == 404
    assert "Saved." in client.post("/save", data={"number": "2"}).text


def test_a_first_answer_says_what_it_is(client: TestClient, desk: Desk) -> None:
    """It has no bound over all options, and the page gives it none."""
    plan = read_plan(Path(__file__).parents[2] / "golden" / "tiny.json")
    client.post("/try", data={"demand_scale": "2"})
    desk.told(Reply(1, "feasible", plan.model_copy(update={"bound_usd": None, "gap": 1.0}), among=0.03), last=False)
    text = client.get("/answer/1").text
    spans = {(line.start, line.end) for line in plan.lines}
    for start, end in spans:
        said = f" to <time>{end}</time>" if start != end else " only"
        assert f"<time>{start}</time>{said}" in text, "dates in one piece"
    assert "refining … a first answer, within 3" in text
    assert "proven" not in text.split("</p>")[0]
    desk.told(Reply(1, "optimal", plan), last=True)
    assert "proven to be within" in client.get("/answer/1").text


NUMBERS = st.floats(-50, 500, allow_nan=False).map(lambda x: float(f"{x:.6g}"))


@settings(max_examples=40, deadline=None)
@given(st.lists(NUMBERS, min_size=9, max_size=9))
def test_what_is_set_is_shown_again(numbers: list[float]) -> None:
    """Settings → form → settings, whatever the sliders stand at."""
    own = a_scenario(workloads=[online("w", 4)], discounts={"p": "5%"}, clouds=["p", "q"], budget_per_year_usd="2M")
    controls = controls_of(own)
    sent = {control.path: f"{number}" for control, number in zip(controls, numbers, strict=False)}
    found = settings_of({**sent, "more": "years=2\n\n gap = 1%"}, controls)
    assert settings_of(shown_of(found, controls), controls) == found
    assert settings_of(shown_of((), controls), controls) == ()


@pytest.mark.parametrize("sent", [{"demand_scale": "nan"}, {"demand_scale": "1e999"}, {"more": "no value"}, {"more": "=1"},
                                  {"more": "\n".join(f"a{i}=1" for i in range(99))}, {"more": "a=" + "x" * 9999}])  # fmt: skip
def test_what_is_no_setting_is_refused(sent: dict[str, str]) -> None:
    with pytest.raises(WrongSettingError):
        settings_of(sent, controls_of(SCENARIO))


TEXT = """name: Files
periods: [{hours: 730}]
quotes: quotes.csv
workloads:
  - {name: w, kind: inference, unit: image, demand_per_hour: 4, profile: {csv: week.csv}}
offers:
  - {name: n, provider: acme, throughput: {w: 2}, contracts: [{kind: on_demand, usd_per_hour: 3}]}
"""
QUOTES = (Path(__file__).parents[3] / "examples" / "templates" / "quotes.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", ["quotes=secret.csv", "quotes=[secret.csv]", "workloads.w.profile={csv: secret.csv}",
                                     "workloads.0.profile.csv=secret.csv", "workloads.w={name: w, profile: {csv: secret.csv}}",
                                     "workloads=[{name: w, kind: inference, profile: {csv: secret.csv}}]"])  # fmt: skip
def test_no_setting_of_a_browser_reads_a_file(setting: str, tmp_path: Path) -> None:
    text = TEXT.replace("quotes: quotes.csv\n", "")
    for name in ("week.csv", "secret.csv"):
        (tmp_path / name).write_text("\n".join(["7777"] * 24))
    document = load_text(text, "s.yaml", folder=tmp_path).document
    assert reload(document, ["demand_scale=2"], None).scenario.demand_scale == 2
    with pytest.raises(InputErrors) as caught:
        reload(document, [setting], None)
    assert "7777" not in str([(m.what, m.help) for m in caught.value.mistakes])
    assert any("file" in m.what or m.code != "file" for m in caught.value.mistakes)


BASE = TEXT.replace("quotes: quotes.csv\n", "").replace(", profile: {csv: week.csv}", "")
PLACES = {
    "none": BASE,
    "at the end": BASE + "what_if:\n  - name: old\n    set: {demand_scale: 2}\n",
    "in the middle": "what_if:\n- name: old   # kept\n  set: {demand_scale: 2}\n\n# about the rest\n" + BASE,
}


@pytest.mark.parametrize("place", PLACES)
def test_variants_go_into_the_scenario_and_nothing_else_changes(place: str, tmp_path: Path) -> None:
    from planner.cli.scenario_text import ScenarioText

    file = tmp_path / "s.yaml"
    file.write_text(PLACES[place])
    source = ScenarioText.read(str(file))
    named = {
        'a "b": #c\u00e9': (("demand_scale", "1.5"), ("workloads.w.demand_per_hour", "[1, 2]"), ("start", "2027-01"))
    }
    assert "Saved" in source.save_variants(named, ["years=null"])
    text = file.read_text()
    assert all(line in text for line in PLACES[place].splitlines()), "what stood there still does"
    *_, last = parse_scenario(text, "s.yaml").what_if
    assert last.name == 'a "b": #c\u00e9'
    assert last.set == {"years": None, "demand_scale": 1.5, "workloads.w.demand_per_hour": [1, 2], "start": "2027-01"}
    assert "already" in ScenarioText.read(str(file)).save_variants(named, [])
    assert file.read_text() == text


def test_limits_are_what_the_page_says() -> None:
    assert Limits().waiting == WAITING


def test_the_page_has_no_place_for_code(client: TestClient) -> None:
    """Handlers written into elements would need a laxer policy."""
    text = client.get("/").text
    assert not re.search(r"\son\w+=", re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL))
