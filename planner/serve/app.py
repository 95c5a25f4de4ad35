"""The application: a few routes, each a piece of the page. Nothing of a request names a file."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from planner.audit import statement
from planner.domain.records import Plan
from planner.errors import PlannerError
from planner.report.page import plan_page
from planner.report.plan import render_plan
from planner.report.workbook import plan_workbook
from planner.serve.desk import Desk, Try
from planner.serve.guard import Guard
from planner.serve.page import WAYS, answer, bench, policy, whole
from planner.serve.question import Control, Settings, WrongSettingError, settings_of
from planner.serve.solver import Job, Solver

MOST_FIELDS = 120
"""Fields of a form."""
KINDS = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "yaml": "application/yaml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Here(NamedTuple):
    """What the page is about, and where it is."""

    title: str
    controls: tuple[Control, ...]
    hosts: tuple[str, ...]
    """Values of `Host` that are this address."""
    token: str
    with_variants: Callable[[dict[str, Settings]], str]
    """The scenario's text with named variants."""
    save: Callable[[dict[str, Settings]], str]
    """Write them into the scenario; returns where."""


def app_of(here: Here, desk: Desk, solver: Solver) -> Guard:
    """The application, guarded; it starts the solver with the scenario as it is, and ends it."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> Any:
        solver.start()
        _ask(desk, solver, (), "")
        yield
        solver.close()

    inner = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=_typed(lifespan))
    _routes(inner, here, desk, solver)
    return Guard(inner, here.hosts, here.token)


def _typed(lifespan: Any) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    found: Callable[[FastAPI], AbstractAsyncContextManager[None]] = lifespan
    return found


def _routes(app: FastAPI, here: Here, desk: Desk, solver: Solver) -> None:
    def piece(one: Try | None, said: str = "") -> Response:
        return _gone() if one is None else HTMLResponse(answer(desk, one, here.token, said))

    def moved(one: Try | None) -> Response:
        return _gone() if one is None else HTMLResponse(bench(desk, one, here.controls, here.token))

    @app.get("/")
    def page() -> Response:
        one, _ = _ask(desk, solver, (), "")
        if one is None:
            return _full()
        text = whole(desk, one, here.controls, here.title, here.token, secrets.token_hex(8))
        return HTMLResponse(text, headers={"content-security-policy": policy()})

    @app.post("/try")
    async def tried(request: Request) -> Response:
        sent = await _form(request)
        try:
            settings = settings_of(sent, here.controls)
        except WrongSettingError as error:
            return piece(desk.base(), f"Not asked: {error}.")
        one, _ = _ask(desk, solver, settings, sent.get("page", "")[:40])
        return _full() if one is None else piece(one)

    @app.get("/answer/{number}")
    def answered(number: int) -> Response:
        return piece(desk.get(number))

    @app.post("/go/{number}")
    def go(number: int) -> Response:
        one = desk.get(number)
        if one is not None and desk.open(number) and solver.ask(Job(number, one.settings, f"again {number}")):
            desk.again(number)
        return moved(one)

    @app.post("/back/{number}")
    def back(number: int) -> Response:
        return moved(desk.before(number) or desk.base())

    @app.post("/name/{number}")
    async def name(number: int, request: Request) -> Response:
        taken = not desk.rename(number, (await _form(request)).get("name", ""))
        return piece(desk.get(number), "This name is taken, or too many are." if taken else "Kept.")

    @app.post("/save")
    async def save(request: Request) -> Response:
        number = (await _form(request)).get("number", "")
        one = desk.get(int(number)) if number.isdigit() and len(number) < 9 else desk.base()
        try:
            return piece(one, here.save(desk.named()))
        except PlannerError as error:
            return piece(one, f"Not saved: {error.what}.")

    @app.get("/download/{number}.{way}")
    def download(number: int, way: str) -> Response:
        one = desk.get(number)
        plan = one.reply.plan if one is not None and one.reply is not None else None
        if one is None or plan is None or way not in WAYS:
            return _gone()
        try:
            content = _dressed(one, plan, way, here, desk)
        except PlannerError as error:
            return PlainTextResponse(f"{error.what}\n", status_code=409)
        headers = {"content-disposition": f'attachment; filename="try-{number}.{way}"'}
        return Response(content, media_type=KINDS[way], headers=headers)


def _ask(desk: Desk, solver: Solver, settings: Settings, page: str) -> tuple[Try | None, bool]:
    """The try of these settings, asked if it is new; None if too many wait."""
    one, new = desk.begin(settings, page)
    if new and not solver.ask(Job(one.number, settings, page)):
        desk.refuse(one.number)
        return None, False
    return one, new


def _dressed(one: Try, plan: Plan, way: str, here: Here, desk: Desk) -> str | bytes:
    if way == "html":
        return plan_page(plan)
    if way == "xlsx":
        return plan_workbook(plan, statement(plan))
    if way == "yaml":
        named = desk.named()
        return here.with_variants(
            named if one.name or not one.settings else {**named, f"try {one.number}": one.settings}
        )
    return render_plan(plan, way)


async def _form(request: Request) -> dict[str, str]:
    """Fields of a form as browsers send them; a body that is none has no fields."""
    text = (await request.body()).decode("utf-8", "replace")
    return dict(_pairs(text))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    try:
        yield from parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return


def _full() -> Response:
    return PlainTextResponse("too many questions wait\n", status_code=429, headers={"retry-after": "1"})


def _gone() -> Response:
    return PlainTextResponse("no such try\n", status_code=404)
