"""One document model, several dresses: tables, sections, numbers as text

In: sections and tables.
Out: terminal text, Markdown, pages, CSV, JSON; files written whole.
Start at `table.py`.
"""

from planner.report.document.figures import (
    NOTHING,
    amount,
    count,
    headline_money,
    money,
    nearness,
    percent,
    share,
    signed_percent,
    stated_price,
    unit_price,
)
from planner.report.document.html import Card, Chart, Front, View, fragment, html
from planner.report.document.rendering import DEFAULT_WIDTH, Report, csv_text, render
from planner.report.document.table import (
    Alert,
    Block,
    Bullets,
    Cell,
    Column,
    Document,
    Paragraph,
    Section,
    Table,
    TableRow,
    columns_of,
    group,
    key_values,
    number_columns,
    section_of,
    table_of,
)
from planner.report.document.text import clean, from_to, listed, place_of, words
from planner.report.document.vocabulary import (
    ACTIONS,
    SIGNED,
    bottleneck_words,
    failure_words,
    first_month,
    horizon_words,
    kind_words,
    last_month,
    months_of_a_period,
    period_word,
    term_words,
)
from planner.report.document.write import write_whole
from planner.units import plural
