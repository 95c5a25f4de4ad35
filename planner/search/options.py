"""Every number of the search in one place, each with what it is for."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Options:
    """How the search goes about it. Nothing here can make a bound or a plan wrong, only slow or poor."""

    direct_integers: int = 400
    """Up to so many whole numbers a program goes to branch and bound as it is."""
    small_integers: int = 3_000
    """Up to so many whole numbers branch and bound comes right after the first plan."""
    small_seconds: float = 8.0
    """Most CPU seconds of that tree."""
    medium_integers: int = 12_000
    """Up to so many whole numbers what is still open at the end goes to branch and bound as one program."""
    medium_nodes: int = 2_000
    """Most nodes of that tree."""
    medium_seconds: float = 20.0
    """Most CPU seconds of that tree."""
    cut_rounds: int = 6
    """Most rounds of rounding cuts, and again of knapsack cuts."""
    cut_worth: float = 5e-5
    """A round of cuts that raises the bound by a smaller share is the last."""
    knapsack_items: int = 12
    """Items of a knapsack that are whole; the rest counts as one that splits, which keeps the bound a bound."""
    knapsack_nodes: int = 800
    """Most nodes of a knapsack's tree; what is not finished gives no cut."""
    fixed_seconds: float = 1.0
    """Most CPU seconds of a relaxation with a design fixed,"""
    fixed_times: float = 2.0
    """and so many times what the relaxation took before cuts."""
    upwards: tuple[float, ...] = (0.5, 0.8, 1.0)
    """What is added to running totals of signings before they are rounded down: the cheapest that can be operated is taken."""
    small_shares: tuple[float, ...] = (1.0, 0.5, 0.25)
    """Shares of their smallest size below which signings are left out of a design, in turn."""
    soft_price: float = 10.0
    """What a dollar above a limit costs where limits may be exceeded for a while, beside what a dollar less of the limit costs."""
    soft_starts: tuple[float, ...] = (0.0, 0.5, 0.8, 1.0)
    """What is added to running totals of signings there, before they are rounded down."""
    soft_ways: int = 3
    """Most designs from which there is a way down in a round."""
    soft_little: float = 0.004
    """Share of a limit up to which its excess is fought in the periods as well."""
    soft_rounds: int = 5
    """Most rounds in which what was exceeded is kept back of the limits."""
    steps_tried: int = 400
    """Most relaxations of designs that are tried on one way down,"""
    steps_seconds: float = 10.0
    """and CPU seconds."""
    steps_from: int = 2
    """Designs from which there is a way down where no limit is exceeded,"""
    steps_short: float = 3.0
    """in so many CPU seconds each."""
    steps_better: int = 12
    """Of so many steps that are better the best is taken."""
    steps_dates: int = 2
    """Dates of a commitment at which a node more or less is tried."""
    steps_pairs: int = 8
    """Steps of which every two are tried at once."""
    phantom_price: float = 1.25
    """What a node that is not signed yet costs a period, as a multiple of its share of the cheapest signing."""
    shortage_price: float = 20.0
    """What demand that is not met costs a period, as a multiple of what meeting it costs."""
    efforts: tuple[tuple[float, int, bool], ...] = (
        (0.0005, 10, True),
        (0.01, 100, True),
        (0.003, 30, False),
        (0.03, 200, False),
    )
    """Tries of a period: reduced cost up to which a column takes part, as a share of what a period costs, nodes of the tree, and
    whether slices are solved one by one.
    The first that gives a plan is taken at first; the next ones come where the loss is."""
    astray: float = 0.3
    """Where a period loses more than such a share of its relaxation, that is no guide:"""
    every_column: tuple[float, int, bool] | None = (1.0, 200, True)
    """this is then tried first; None: nothing else than ever."""
    design_width: float = 0.005
    """Reduced cost up to which a column takes part where a small program decides on a design, as a share of a period's cost."""
    design_nodes: int = 200
    design_seconds: float = 8.0
    """Most nodes and CPU seconds of that program."""
    tries_before_pricing: int = 2
    """Tries of a period before its slices are priced for a better bound."""
    period_seconds: float = 3.0
    """Most CPU seconds of a period's tree: cutting planes keep no limit of nodes."""
    pricing: bool = True
    """Whether slices are priced for a better bound."""
    tree_nodes: int = 300
    """Most nodes of the tree over signings."""
    tree_step: int = 10
    """So many of them at a time,"""
    tree_seconds: float = 3.0
    """and no further one after so many CPU seconds."""
    tree_stall: int = 4
    """The tree is left when so many steps together have raised the bound by less than a tenth of what they would have to."""
    steps_judged: int = 4
    """So many steps are made where most is lost (in periods one for each) before it counts what steps of either kind have won;"""
    share_worth_trying: float = 0.3
    """the other kind is tried where it loses such a share of the first."""
    redesigns: int = 12
    """Most other designs that are operated."""
    settle_seconds: float = 20.0
    """Most CPU seconds of the linear program that makes a plan of whole numbers,"""
    last_seconds: float = 3.0
    """and when time is up."""
    clearly_better: float = 0.25
    """Share of what separates plan and bound that answers of periods must win before a plan is made of them on the way."""
    share_won: float = 0.5
    """Share of what periods lose that harder tries are likely to win; 0: they are not tried for what they may win."""
    share_of_gap: float = 0.25
    """Share of the gap, spread over the periods, up to which a period is solved."""
    class_rounds: int = 12
    """Most rounds of a bound by classes."""
    class_growth: float = 0.5
    """Most columns that a round adds, as a share of those it has."""
    class_share: float = 0.3
    """Share of the gap up to which what the classes that are left out pay is not fought."""
    plans_kept: int = 3
    """Plans of neighbours that are tried."""
    slice_sample: int = 16
    """Of so many slices that are priced one is looked at twice."""


DEFAULT = Options()
NEARBY = Options(
    cut_rounds=1,
    knapsack_nodes=0,
    steps_tried=60,
    steps_from=1,
    steps_short=0.5,
    soft_rounds=2,
    soft_ways=1,
    efforts=((0.0005, 10, True), (0.01, 100, True), (0.003, 30, False)),
    every_column=None,
    design_seconds=1.0,
    design_nodes=20,
    pricing=False,
    redesigns=0,
    settle_seconds=3.0,
)
"""For questions beside a plan that is known: what is not found quickly is not missed."""
FIRST = Options(
    cut_rounds=1,
    knapsack_nodes=0,
    upwards=(0.5, 1.0),
    small_shares=(1.0,),
    steps_tried=60,
    steps_from=1,
    steps_short=0.2,
    soft_rounds=2,
    soft_ways=1,
    efforts=((0.0005, 10, True), (0.01, 100, True)),
    design_seconds=0.5,
    design_nodes=20,
    settle_seconds=1.0,
    share_won=0.0,
    plans_kept=0,
)
"""For an answer at once, that better ones follow."""
EARLY = replace(FIRST, efforts=DEFAULT.efforts)
"""For any plan at all, among few classes: there the harder tries are quick too."""
