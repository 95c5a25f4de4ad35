"""`planner serve`."""

import secrets
import socket
import webbrowser
from typing import Annotated

import typer

from planner.cli.options import DatasetsOption, DebugOption, ScenarioArgument, SetOption
from planner.cli.output import UsageError, note, sink
from planner.cli.running import tell_notes

EXAMPLES = """
planner serve scenario.yaml                   opens the browser; Ctrl-C ends it
planner serve scenario.yaml --no-browser      prints the address, token and all
planner serve scenario.yaml --port 8800 --time-limit 120
"""
ADDRESS = "127.0.0.1"
"""Nobody else reaches it."""


def serve(
    scenario: ScenarioArgument,
    settings: SetOption = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 0,
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=1, max=3600, metavar="SECONDS", help="Longest time for one question.")
    ] = 60.0,
    datasets: DatasetsOption = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address, open nothing.")] = False,
    debug: DebugOption = False,
) -> None:
    """A local page to play with a scenario: move a slider, see the plan and what changed.

    Needs the extra `planner[web]`. The page is for this machine only; its address carries a token.
    """
    try:
        import uvicorn

        from planner.serve import Desk, Here, Limits, Solver, Start, app_of, controls_of
    except ImportError as error:
        raise UsageError(f"`{error.name}` is not installed", help="install `planner[web]`") from error
    from planner.cli.scenario_text import ScenarioText
    from planner.inputs.catalog import load_catalog

    source = ScenarioText.read(scenario)
    loaded = source.load(settings or [], load_catalog(datasets))
    tell_notes(loaded)
    desk, token = Desk(), secrets.token_urlsafe(32)
    start = Start(source.text, source.file, source.folder, tuple(settings or ()), datasets)
    solver = Solver(start, Limits(seconds=time_limit), desk.told, desk.passed)
    with _listening(port) as listener:
        at = f"{ADDRESS}:{listener.getsockname()[1]}"
        here = Here(
            title=loaded.scenario.name,
            controls=controls_of(loaded.scenario),
            hosts=(at, at.replace(ADDRESS, "localhost")),
            token=token,
            with_variants=lambda named: source.with_variants(named, settings or []),
            save=lambda named: source.save_variants(named, settings or []),
        )
        address = f"http://{at}/?token={token}"
        if no_browser or not webbrowser.open(address):
            sink(None, None).put(f"{address}\n")
        note(f"serving {scenario} on {at}; Ctrl-C ends it")
        config = uvicorn.Config(
            app_of(here, desk, solver), log_level="warning", access_log=False, limit_concurrency=100
        )
        uvicorn.Server(config).run(sockets=[listener])


def _listening(port: int) -> socket.socket:
    """A socket on this machine's own address.

    Its protocol is named: asyncio sends at once (`TCP_NODELAY`) on the connections of such sockets only, and without it every
    answer waits 40 ms for the browser's acknowledgement.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ADDRESS, port))
    except OSError as error:
        listener.close()
        raise UsageError(f"port {port} cannot be had: {(error.strerror or str(error)).lower()}") from error
    listener.listen(64)
    return listener
