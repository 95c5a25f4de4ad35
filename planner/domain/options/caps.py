"""Limits of supply, in words."""


def cap_words(name: str, max_nodes: float | None, max_accelerators: float | None, assumed: bool) -> str:
    """A cap in words: at most how many of what at once, from whom, and whether it is assumed.

    >>> cap_words("cap:acme:h100-sxm-80gb:on_demand", None, 64.0, True)
    'at most 64 h100-sxm-80gb at once on demand from acme (assumed)'
    >>> cap_words("cap:acme:capacity_block", 256.0, None, False), cap_words("offer:own", 3.0, None, False)
    ('at most 256 nodes at once in capacity blocks from acme', 'the cap of offer `own`')
    """
    kind, _, rest = name.partition(":")
    if kind != "cap":
        return f"the cap of {kind} `{rest}`" if rest else f"the cap `{name}`"
    provider, what, *paid = rest.split(":")
    most = max_nodes if max_accelerators is None else max_accelerators
    things, how = (what, paid[0].replace("_", " ")) if paid else ("nodes", f"in {what.replace('_', ' ')}s")
    return f"at most {most or 0.0:,g} {things} at once {how} from {provider}{' (assumed)' if assumed else ''}"
