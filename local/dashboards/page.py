"""The page `/_local/dashboards`: CloudWatch's dashboards and alarms of this system, drawn from what was told here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from local.dashboards.alarms import Judged, State
from local.dashboards.drawing import chart, short
from local.dashboards.expressions import lines_of
from local.dashboards.values import Values, Window

PATH = "/_local/dashboards"
ALARMS = "alarms"
RANGES = {"15m": 15 * 60, "30m": 30 * 60, "1h": 3_600, "3h": 3 * 3_600}
USUAL_RANGE = "30m"
PERIODS = {"15m": 60, "30m": 60, "1h": 60, "3h": 300}
RENEWED_S = 15
LIMIT = re.compile(r"limit (\d+)")
GROUPS = re.compile(r"SOURCE '([^']+)'")
RUNBOOK = "docs/operations.md"

_STYLE = """
:root{color-scheme:light dark;--ground:#f4f5f7;--card:#fff;--ink:#1d1d1f;--soft:#63636a;--rule:#dcdce2;
--bad:#c62828;--bad-soft:#fdecea;--good:#1b7f3b;--wait:#8a6d00;
--c0:#1f6feb;--c1:#d9480f;--c2:#2b8a3e;--c3:#9c36b5;--c4:#b8860b;--c5:#0b7285;--c6:#c2255c;--c7:#5f6b7a}
@media (prefers-color-scheme:dark){:root{--ground:#16171a;--card:#212328;--ink:#ececf0;--soft:#a3a5ae;--rule:#3a3d45;
--bad:#ff8a80;--bad-soft:#3d2322;--good:#7ad99a;--wait:#e6c65c;
--c0:#6ea8fe;--c1:#ff922b;--c2:#69db7c;--c3:#da77f2;--c4:#ffd43b;--c5:#3bc9db;--c6:#faa2c1;--c7:#adb5bd}}
*{box-sizing:border-box}body{font:15px/1.45 system-ui,sans-serif;margin:0;padding:1rem 1.2rem 3rem;color:var(--ink);
background:var(--ground)}h1{font-size:1.15rem;margin:0}h2{font-size:1rem;margin:.9rem 0 0}h3{font-size:.86rem;
font-weight:600;margin:0 0 .35rem}header{display:flex;flex-wrap:wrap;gap:.5rem 1.2rem;align-items:baseline}
nav{display:flex;flex-wrap:wrap;gap:.25rem .3rem}nav a{color:var(--ink);text-decoration:none;padding:.15rem .6rem;
border-radius:1rem;border:1px solid var(--rule)}nav a[aria-current]{background:var(--ink);color:var(--card)}
p{margin:.35rem 0;color:var(--soft)}.grid-24{display:grid;grid-template-columns:repeat(24,1fr);gap:.6rem;
margin-top:.8rem}section{background:var(--card);border-radius:10px;padding:.7rem .8rem;min-width:0}
section.text{background:none;padding:.3rem 0 0}.figure{font-size:1.9rem;font-weight:600;line-height:1.1}
svg{display:block;width:100%;height:auto}svg .grid{stroke:var(--rule);stroke-width:1}
svg text{fill:var(--soft);font-size:11px}svg .y{text-anchor:end}svg .none{text-anchor:middle}
polyline{fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round}circle{fill:currentColor}
.again polyline{stroke-dasharray:4 3}.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem .9rem;padding:0;
margin:.3rem 0 0;font-size:.78rem;color:var(--soft)}.legend b{color:var(--ink);font-weight:600}
.legend i{display:inline-block;width:.7em;height:.7em;border-radius:2px;background:currentColor;margin-right:.35em}
.c0,.legend .c0 i{color:var(--c0)}.c1,.legend .c1 i{color:var(--c1)}.c2,.legend .c2 i{color:var(--c2)}
.c3,.legend .c3 i{color:var(--c3)}.c4,.legend .c4 i{color:var(--c4)}.c5,.legend .c5 i{color:var(--c5)}
.c6,.legend .c6 i{color:var(--c6)}.c7,.legend .c7 i{color:var(--c7)}.legend li{color:var(--soft)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.84rem}th,td{text-align:left;
padding:.3rem .7rem .3rem 0;border-bottom:1px solid var(--rule);vertical-align:top}th{color:var(--soft);font-weight:500}
td{overflow-wrap:anywhere}td.n{white-space:nowrap}.state{white-space:nowrap;font-weight:600}.ALARM{color:var(--bad)}
.OK{color:var(--good)}.INSUFFICIENT_DATA{color:var(--wait)}tr.ALARM td{background:var(--bad-soft)}
td:not(.state){color:var(--ink)}
.chips{display:flex;flex-wrap:wrap;gap:.3rem;list-style:none;margin:0;padding:0;font-size:.8rem}
.chips li{border:1px solid currentColor;border-radius:1rem;padding:0 .55rem}
@media (max-width:60rem){.grid-24{grid-template-columns:repeat(6,1fr)}section{grid-column:1/-1!important}
section.single{grid-column:span 3!important}}
"""


@dataclass(frozen=True)
class Shown:
    """What one page is drawn from.

    Members:
        name: of the dashboard, without the stage's prefix; ALARMS is the list of all alarms.
        range: one of RANGES.
        boards: bodies of all dashboards by name.
    """

    name: str
    range: str
    boards: Mapping[str, Mapping[str, Any]]
    alarms: Sequence[Judged]
    values: Values
    now: float


def dashboards_page(shown: Shown) -> str:
    """The page."""
    body = shown.boards.get(shown.name)
    content = _all_alarms(shown) if body is None else "".join(_widget(shown, widget) for widget in body["widgets"])
    time = datetime.fromtimestamp(shown.now).astimezone().strftime("%H:%M:%S")
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="refresh" content="{RENEWED_S}">
<title>{escape(shown.name)} · Xueshi's dashboards on this machine</title><style>{_STYLE}</style></head><body>
<header><h1>Xueshi · {escape(shown.name)}</h1><nav aria-label="Dashboards">{_tabs(shown)}</nav>
<nav aria-label="Time shown">{_ranges(shown)}</nav><span>{_summary(shown)}</span></header>
<p>What CloudWatch will show: the deployed dashboards and alarms, with what this system told until {time}.
Renewed every {RENEWED_S} s; periods of five minutes are drawn by the minute.</p>
<main class="grid-24">{content}</main></body></html>"""


def _tabs(shown: Shown) -> str:
    names = [*sorted(shown.boards, key=lambda name: (name != "overview", name)), ALARMS]
    return "".join(_link(_address(name, shown.range), name, is_here=name == shown.name) for name in names)


def _ranges(shown: Shown) -> str:
    return "".join(_link(_address(shown.name, name), name, is_here=name == shown.range) for name in RANGES)


def _address(board: str, shown: str) -> str:
    return f"{PATH}?board={board}&range={shown}"


def _link(address: str, text: str, *, is_here: bool) -> str:
    here = ' aria-current="page"' if is_here else ""
    return f'<a href="{escape(address)}"{here}>{escape(text)}</a>'


def _summary(shown: Shown) -> str:
    risen = [alarm for alarm in shown.alarms if alarm.told and alarm.state is State.ALARM]
    if not risen:
        return '<span class="OK">no alarm has risen</span>'
    told = "an alarm has risen" if len(risen) == 1 else f"{len(risen)} alarms have risen"
    return f'<a class="ALARM state" href="{_address(ALARMS, shown.range)}">{told}</a>'


def _widget(shown: Shown, widget: Mapping[str, Any]) -> str:
    properties = widget["properties"]
    kind = "single" if properties.get("view") == "singleValue" else widget["type"]
    draw = {"metric": _graph, "single": _figure, "text": _text, "alarm": _alarms, "log": _errors}[kind]
    columns = int(widget["width"])
    drawn = draw(shown, {**properties, "columns": columns})
    return f'<section class="{kind}" style="grid-column:span {columns}">{drawn}</section>'


def _graph(shown: Shown, properties: Mapping[str, Any]) -> str:
    window = Window.until(shown.now, RANGES[shown.range], PERIODS[shown.range])
    unit = properties.get("yAxis", {}).get("left", {}).get("label", "")
    title = f"{properties['title']}, {unit}" if unit else properties["title"]
    lines = lines_of(properties["metrics"], shown.values, window)
    return f"<h3>{escape(title)}</h3>{chart(lines, window, unit, properties['columns'])}"


def _figure(shown: Shown, properties: Mapping[str, Any]) -> str:
    seconds = RANGES[shown.range]
    # Of the whole range in one period; otherwise the newest whole one, since the one that runs has told a part only.
    whole, newest = (
        Window(int(shown.now) - seconds, int(shown.now) + 1, seconds + 1),
        Window.until(shown.now - 60, 300, 60),
    )
    window = whole if properties.get("setPeriodToTimeRange") else newest
    (points,) = list(lines_of(properties["metrics"], shown.values, window).values())[:1]
    text = short(points[max(points)]) if points else "–"
    return f'<h3>{escape(properties["title"])}</h3><div class="figure">{text}</div>'


def _text(_: Shown, properties: Mapping[str, Any]) -> str:
    return f"<h2>{escape(properties['markdown'].lstrip('# '))}</h2>"


def _alarms(shown: Shown, properties: Mapping[str, Any]) -> str:
    named = {arn.rpartition(":")[2] for arn in properties["alarms"]}
    chips = "".join(
        f'<li class="{alarm.state}" title="{escape(alarm.description)}">{escape(alarm.name)}: {alarm.state}</li>'
        for alarm in shown.alarms
        if alarm.name in named and alarm.state is not State.OK
    )
    well = sum(alarm.name in named and alarm.state is State.OK for alarm in shown.alarms)
    return f'<h3>{escape(properties["title"])}</h3><ul class="chips">{chips}<li class="OK">{well} OK</li></ul>'


def _errors(shown: Shown, properties: Mapping[str, Any]) -> str:
    groups = {group.rpartition("/")[2] for group in GROUPS.findall(properties["query"])}
    limit = LIMIT.search(properties["query"])
    found = [error for error in reversed(shown.values.errors) if error.function in groups]
    rows = "".join(
        f'<tr><td class="n">{datetime.fromtimestamp(error.at).astimezone():%H:%M:%S}</td>'
        f"<td>{escape(error.function)}</td><td>{escape(str(error.line.get('message', '')))}</td>"
        f"<td>{escape(str(error.line.get('exception_name') or error.line.get('correlation_id') or ''))}</td></tr>"
        for error in found[: int(limit[1]) if limit else 20]
    )
    table = f"<table><tr><th>at</th><th>function</th><th>message</th><th>exception</th></tr>{rows}</table>"
    return f"<h3>{escape(properties['title'])}</h3>" + (f'<div class="scroll">{table}</div>' if rows else "<p>none</p>")


def _all_alarms(shown: Shown) -> str:
    rows = "".join(_row(alarm) for alarm in shown.alarms if alarm.told)
    head = "<tr><th>state</th><th>severity</th><th>alarm</th><th>rises</th><th>now</th><th>what it says</th></tr>"
    count = sum(alarm.told for alarm in shown.alarms)
    return (
        f'<section style="grid-column:span 24"><h3>{count} alarms</h3><div class="scroll"><table>{head}{rows}</table>'
        "</div></section>"
    )


def _row(alarm: Judged) -> str:
    seen = "–" if alarm.seen is None else short(alarm.seen)
    early = alarm.until_known and alarm.state is State.INSUFFICIENT_DATA
    rule = f"{alarm.rule} (this system runs too shortly to say)" if early else alarm.rule
    return (
        f'<tr class="{alarm.state}"><td class="state {alarm.state}">{alarm.state}</td><td>{alarm.severity}</td>'
        f'<td>{escape(alarm.name)}</td><td>{escape(rule)}</td><td class="n">{seen}</td>'
        f"<td>{escape(alarm.description)}</td></tr>"
    )
