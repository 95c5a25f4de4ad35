"""The same program with fewer things to choose from: options left out, signings on fewer dates. Everything keeps its index."""

from collections.abc import Collection
from dataclasses import replace

from planner.formulation.parameters import Parameters, ProgramOption


def with_fewer(p: Parameters, kept: Collection[int], every: int = 1) -> Parameters:
    """The parameters without some options, and with signings in every so-manieth period only.

    What is held, fixed, owned or power of a site stays as it is.

    Args:
        kept: options that may be used.
        every: periods between dates on which something may be signed; the first is the first period.
    """
    options = tuple(member if stays(p, o) else _thinned(member, o in kept, every) for o, member in enumerate(p.options))
    hosted = tuple(
        supply if supply.option in kept else supply._replace(usable=(False,) * len(supply.usable))
        for supply in p.hosted
    )
    return replace(p, options=options, hosted=hosted)


def stays(p: Parameters, o: int) -> bool:
    """Whether an option is held, fixed, owned or power of a site: nothing that could be left out."""
    option = p.options[o].option
    fixed = option.held or option.exact_nodes is not None or option.asset is not None
    return fixed or any(key[0] == o for key in p.given) or any(site.power == o for site in p.sites)


def _thinned(member: ProgramOption, kept: bool, every: int) -> ProgramOption:
    terms = member.terms
    signing = tuple(v for v in terms.signing if kept and (v % every == 0 or len(terms.signing) == 1))
    usable = terms.usable if kept else (False,) * len(terms.usable)
    return member._replace(terms=terms._replace(signing=signing, usable=usable))
