"""Strings that mean harm, and plans in which every free text is one of them.

A text is renamed alike wherever it stands, as keys of tables too: a plan whose parts name one another stays whole.
"""

from typing import Any

_RUN = "document.title = 'taken'; window.taken = 1; alert(7777)"
_TAGS = (
    f"</script><script>{_RUN}</script>",
    f"<script>{_RUN}</script>",
    f"<ScRiPt >{_RUN}</sCrIpT>",
    f"<script\n>{_RUN}</script\n>",
    f"<scr<script>ipt>{_RUN}</scr</script>ipt>",
    "<script src=https://example.invalid/7777.js></script>",
    f'<img src=x onerror="{_RUN}">',
    f"<img src=x onerror=`{_RUN}`>",
    f"<img/src=x/onerror={_RUN.replace(' ', '')}>",
    "<img src=https://example.invalid/7777.png>",
    "<img srcset='https://example.invalid/7777.png 2x'>",
    f'<svg onload="{_RUN}"></svg>',
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg><animate onbegin='{_RUN}' attributeName=x dur=1s>",
    "<svg><use href='https://example.invalid/7777.svg#x'/></svg>",
    f"<math><mtext><script>{_RUN}</script></mtext></math>",
    f'"><input autofocus onfocus="{_RUN}">',
    f'\'><details open ontoggle="{_RUN}">',
    f'" onmouseover="{_RUN}" x="',
    f"' onfocus='{_RUN}' autofocus='",
    f'<a href="javascript:{_RUN}">7777</a>',
    f'<a href=" &#x6A;avascript:{_RUN}">7777</a>',
    f"<body onload='{_RUN}'>",
    f"<video><source onerror='{_RUN}'></video>",
    f"<audio src=x onerror='{_RUN}'>",
    f"<marquee onstart='{_RUN}'>7777</marquee>",
    f"<select autofocus onfocus='{_RUN}'>",
    f"<textarea autofocus onfocus='{_RUN}'>",
    f"<keygen autofocus onfocus='{_RUN}'>",
    '<iframe srcdoc="<script>parent.taken = 1</script>"></iframe>',
    "<iframe src=https://example.invalid/7777></iframe>",
    "<object data=https://example.invalid/7777></object>",
    "<embed src=https://example.invalid/7777>",
    "<link rel=stylesheet href=https://example.invalid/7777.css>",
    "<link rel=prefetch href=https://example.invalid/7777>",
    "<meta http-equiv=refresh content='0;url=https://example.invalid/7777'>",
    '<meta http-equiv=content-security-policy content="default-src *">',
    "<base href=https://example.invalid/>",
    "<form action=https://example.invalid/><button>7777</button></form>",
    "<style>@import 'https://example.invalid/7777.css';</style>",
    "<style>*{background:url(https://example.invalid/7777)}</style>",
    '<p style="background:url(https://example.invalid/7777)">',
    f"</style><script>{_RUN}</script>",
    f"</title><script>{_RUN}</script>",
    f"</textarea><script>{_RUN}</script>",
    f"</noscript><script>{_RUN}</script>",
    f"</table><script>{_RUN}</script>",
    f"--><script>{_RUN}</script><!--",
    f"<!--><script>{_RUN}</script>",
    f"]]><script>{_RUN}</script>",
    f"<![CDATA[<script>{_RUN}</script>]]>",
    f"<template><script>{_RUN}</script></template>",
    "&lt;script&gt;window.taken = 1&lt;/script&gt;",
    "&#60;script&#62;window.taken = 1&#60;/script&#62;",
)
_CODE = (
    "{{ 7777 * 7777 }}",
    "{{ self.__init__.__globals__ }}",
    "{% include '/etc/passwd' %}",
    "{# 7777 #}",
    "${7777 * 7777}",
    "#{7777 * 7777}",
    "%s %d %n {0} {x!r} {7777}",
    "$(touch /tmp/taken) `touch /tmp/taken`",
    "'; DROP TABLE plans; -- 7777",
    "\\u003cscript\\u003ewindow.taken = 1\\u003c/script\\u003e",
    '"},"x":{"y":[7777]}//',
    "__proto__ 7777",
    "constructor 7777",
    "\u2028window.taken = 1\u2029",
    "*/ window.taken = 1 /*",
    "!!python/object/apply:os.system ['touch /tmp/taken']",
)
_MARKDOWN = (
    "[7777](javascript:window.taken=1)",
    "![7777](https://example.invalid/7777.png)",
    "| 7777 | 7777 |\n|---|---|",
    "```\n</script>\n```",
    "# 7777\n\n> 7777",
    "<https://example.invalid/7777>",
    "`7777` **7777** __7777__ ~~7777~~",
)
_TERMINAL = (
    "\x1b[2J\x1b[31m7777",
    "\x1b]8;;https://example.invalid/7777\x07x\x1b]8;;\x07",
    "7777\r7777",
    "\x00\x08\x7f7777",
    "\u202e7777\u202c\u200b\ufeff",
)
FORMULAS = (
    "=HYPERLINK(7777)",
    "=7777+7777",
    "@SUM(7777)",
    "+7777",
    "-7777",
    "\u200b=7777",
    "\t=7777",
    "\r=7777",
    "{=7777}",
    "'=7777",
    "http://a.b/7777",
    "=cmd|' /C calc'!A7777",
)
"""What a spreadsheet may take for more than text."""
HOSTILE = (*_TAGS, *_CODE, *_MARKDOWN, *_TERMINAL, *FORMULAS)
CHUNKS = tuple("".join(HOSTILE[start : start + 16]) for start in range(0, len(HOSTILE), 16))
"""All of them, sixteen in one text: each in every field after six looks."""
BY_THEIR_BEGINNING = (*_MARKDOWN, *FORMULAS)
"""What means something at the beginning of a text only."""

FREE = frozenset(
    [
        "name",
        "provider",
        "node_type",
        "region",
        "place",
        "pool",
        "option",
        "site",
        "workload",
        "work_unit",
        "unit",
        "why",
        "price_source",
        "source",
        "driver_source",
        "note",
        "reason",
        "needed",
        "offered",
        "assumptions",
        "contract",
        "generation",
        "largest_signing",
        "interconnect",
        "key",
        "groups",
        "price_row",
        "accelerator",
        "profile",
        "spike",
        "vendor",
        "zone",
        "meaning",
        "failed",
        "constraint",
        "model",
        "priced_unit",
        "path",
        "price_path",
        "subject",
        "title",
        "text",
    ]
)
"""Keys of a saved plan whose strings somebody wrote; dates, codes and words of a short list are not among them."""


def hostile(plan: Any, texts: tuple[str, ...], start: int = 0) -> tuple[Any, int]:
    """The JSON of a plan with every free text replaced, each by the next of some strings; and how many texts there were."""
    found: dict[str, str] = {}
    _collect(plan, "", found)
    names = {old: f"{texts[(start + i) % len(texts)]} {i}" for i, old in enumerate(found)}
    return _renamed(plan, "", names), len(names)


def _collect(value: Any, key: str, found: dict[str, str]) -> None:
    if isinstance(value, dict):
        for name, part in value.items():
            _collect(part, name, found)
    elif isinstance(value, list):
        for part in value:
            _collect(part, key, found)
    elif isinstance(value, str) and value and key in FREE:
        found[value] = value


def _renamed(value: Any, key: str, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        free = key in TABLES
        return {names.get(name, name) if free else name: _renamed(part, name, names) for name, part in value.items()}
    if isinstance(value, list):
        return [_renamed(part, key, names) for part in value]
    return names.get(value, value) if isinstance(value, str) and key in FREE else value


TABLES = frozenset(
    ["by_provider", "accelerators", "language_models", "profiles", "price_paths", "support", "egress_usd_per_gb"]
)
"""Keys of a saved plan that hold tables by such a text."""
