"""Workbooks as LibreOffice computes them, without a window."""

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


def sheets(data: bytes, *, values: bool = False) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def recalculated(book: Any, folder: Path) -> Any:
    """What LibreOffice computes; nothing is left of what was computed before (openpyxl keeps formulas alone)."""
    assert OFFICE is not None
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    book.save(folder / "bare.xlsx")
    command = [OFFICE, f"-env:UserInstallation={profile.parent.as_uri()}", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(folder / "out"), str(folder / "bare.xlsx")], check=True, timeout=120)
    return openpyxl.load_workbook(folder / "out" / "bare.xlsx", data_only=True)


def checks(book: Any) -> dict[str, tuple[float, float, str]]:
    """By name: what the workbook computes, what the plan says, whether they are equal."""
    rows = book["Checks"].iter_rows(min_row=2, values_only=True)
    return {row[0]: (row[1], row[2], row[4]) for row in rows if row[1] is not None}
