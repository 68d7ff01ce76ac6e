"""Reads one roster file from bytes to cleaned rows and a report; runs in the child process, knows no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from disburse import clock
from disburse.areas import places as areas
from disburse.areas.resolution import Resolution
from disburse.areas.units import Units
from disburse.banks import directory
from disburse.programmes import rates
from disburse.rosters import programme_clues
from disburse.rosters.account_cells import AccountCells
from disburse.rosters.amended import Amendments
from disburse.rosters.columns import bind_roster
from disburse.rosters.corrections import Corrections, table_key
from disburse.rosters.file_warnings import warn_about_file
from disburse.rosters.guided import Told
from disburse.rosters.headers import ROSTER
from disburse.rosters.money_cells import MoneyCells, PayFacts
from disburse.rosters.person_cells import PersonCells, PersonFacts
from disburse.rosters.place_cells import PlaceCells, Where
from disburse.rosters.programme_clues import Clues
from disburse.rosters.recipient_cells import RecipientCells
from disburse.rosters.remarks import RemarkCells
from disburse.rosters.repeats import Repeats, scan
from disburse.rosters.rules import Known, Sums, decide_repeats
from disburse.rosters.sheets_chosen import choose_tables
from disburse.rosters.titles import Sections, Titles, change_of, hamlet_tab, read_titles, tab_text
from disburse.rosters.values_met import ValuesMet
from disburse.workbooks.binding import AmbiguousColumnsError, Binding, bind_as_told, bind_undecided
from disburse.workbooks.drafts import Draft
from disburse.workbooks.flaws import flaw
from disburse.workbooks.header import Header, column_letter
from disburse.workbooks.layout import Shape
from disburse.workbooks.money import header_unit
from disburse.workbooks.rawcells import conversions, conversions_by_line, raw_cells
from disburse.workbooks.refusals import Refusal
from disburse.workbooks.report import Report
from disburse.workbooks.sheets import Line, LongCell, Sheet, Workbook, open_workbook
from disburse.workbooks.survey import Survey, Table, survey

_SUMS = ("total", "arrears", "deduction", "carry_over", "care_amount", "allowance")
_RATES = ("amount", "base", "coefficient")
_MONEY = ("amount", *_SUMS, "base")
_ANCHORS = (
    "citizen_id", "old_id", "birth_date", "birth_male", "birth_female", "birth_year", "phone", "account_number",
    "decision_number", "file_number", "sex", "recipient_citizen_id",
)  # fmt: skip
_WHO = ("citizen_id", "old_id", "birth_date", "birth_male", "birth_female", "birth_year", "sex")
_DETAIL = ("benefit", "benefit_code", "coefficient", *_MONEY)


def read(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield {"kind": "row", …} for every data row, then one {"kind": "report", …}.

    options (all may be absent): name (what the sender called the file), programme, units ("old"|"new"), province
    and commune (codes), period ("YYYY-MM"), today (ISO day, for tests), corrections (as JSON); amendments and wanted
    as `amended` makes them. Raises Refusal for a file that is not read.
    """
    guide = Told(Corrections.from_json(options.get("corrections")))
    book = open_workbook(path, str(options.get("name") or path.name), also=guide.hidden_too)
    yield from RosterFile(book, options, guide).rows()


class RosterFile:
    """One parsed workbook on its way to rows."""

    def __init__(self, book: Workbook, options: dict[str, Any], guide: Told | None = None) -> None:
        self.book = book
        self.options = options
        self.guide = guide or Told(Corrections())
        self.communes, self.kinds = ValuesMet(), ValuesMet()
        self.today = date.fromisoformat(options["today"]) if options.get("today") else clock.today()
        self.programme: str | None = options.get("programme") or None
        self.places = areas.packaged()
        self.units: Units = options.get("units") or "undecided"
        self.declared = self._declared_commune()
        self.province = self._province()
        self.period: str | None = options.get("period") or None
        self.titles: dict[int, Titles] = {}
        self.report = Report()
        self.areas: dict[tuple[str, str], int] = {}
        self.benefits: Known = {}
        self.kinds_read: Counter[str] = Counter()  # benefit type → rows
        self.banks = directory.packaged()
        self.amended = Amendments(options, self.places)

    # Before the rows ----------------------------------------------------------------------------------------------

    def _declared_commune(self) -> Resolution | None:
        code = self.options.get("commune")
        if not code:
            return None
        province = self.options.get("province") or None
        found = self.places.resolve(str(code), province=province, units=self.units)
        return found if found.readings else None

    def _province(self) -> str | None:
        if named := self.options.get("province"):
            found = self.places.province(named)
            return found.code if found else None
        if self.declared is not None and self.declared.area:
            return self.declared.area.province_code
        return None

    def _bind(self, sheet: Sheet, header: Header, sample: list[Line], above: list[Line]) -> Binding:
        if self.province is None:
            raise Refusal("province_needed")
        if sheet.index not in self.titles:
            self.titles[sheet.index] = read_titles(above, self.places, self.province, self.units)

        def resolves(text: str) -> bool:
            return bool(self.places.resolve(text, province=self.province, units=self.units).readings)

        try:
            if (told := self.guide.fields(sheet, header)) is not None:
                return bind_as_told(ROSTER, header, sample, told)
            return bind_roster(header, sample, resolves, self.period or self.titles[sheet.index].period)
        except AmbiguousColumnsError as error:
            if self.guide.asks:
                self.guide.undecided[table_key(sheet, header)] = error.field_name
                return bind_undecided(ROSTER, header, sample)
            letters = ", ".join(f"{column_letter(c.index)} ({c.header})" for c in error.columns)
            raise Refusal("ambiguous_columns", "columns", columns=letters, field=error.field_name) from error

    def _shape(self, table: Table, is_header: Callable[[int], bool]) -> Shape:
        at = table.binding.at
        named = at.get("full_name") or at.get("surname") or at.get("given") or [0]
        return Shape(
            name=named[0],
            numbering=frozenset(at.get("line_no", ())),
            anchors=tuple(i for f in _ANCHORS for i in at.get(f, ())),
            money=frozenset(i for f in _SUMS for i in at.get(f, ())),
            shared=frozenset(i for f in _RATES for i in at.get(f, ())),
            who=tuple(i for f in _WHO for i in at.get(f, ())),
            other_name=table.binding.first("name_female"),
            detail=tuple(i for f in _DETAIL for i in at.get(f, ())),
            section=Sections(self.places, self.province, self.units, self.programme),
            is_header=is_header,
            columns=frozenset(c.index for c in table.header.columns),
        )

    def _refuse_if_unreadable(self, found: Survey) -> None:
        if any(r.refused for r in found.repairs.values()):
            raise Refusal("charset")
        if found.tables:
            return
        if any(r.hopeless for r in found.repairs.values()):
            raise Refusal("charset")
        raise Refusal("no_name_column" if found.nameless else "no_header")

    # Rows ---------------------------------------------------------------------------------------------------------

    def survey(self) -> Survey:
        """Find the tables, their headers and columns."""
        return survey(self.book, ROSTER, self._bind, self._shape, self.guide)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Two passes: the first learns what only the whole file shows, the second cleans and yields."""
        found = self.survey()
        self._refuse_if_unreadable(found)
        tables = choose_tables(found, self.period, self.report, told=self.guide.has_chosen)
        self.amended.lay(tables)
        facts = {i: self._person_facts(t) for i, t in enumerate(tables)}
        repeats = scan(tables, facts)
        for number, table in enumerate(tables):
            yield from self._read_table(table, facts[number], repeats)
        self._file_warnings(found, tables, facts)
        yield self._final(tables)

    def _person_facts(self, table: Table) -> PersonFacts:
        return PersonFacts(
            today=self.today,
            date1904=table.sheet.date1904,
            all_text=table.sheet.is_text_source,
            hopeless=table.repair.hopeless,
        )

    def _readers(self, table: Table, person: PersonFacts) -> Readers:
        titles = self.titles.get(table.sheet.index) or Titles()
        binding = table.binding
        commune = self._sheet_commune(table.sheet, titles)
        told = self.guide.corrections
        hamlet = self._sheet_hamlet(table.sheet)
        where = Where(
            self.places,
            self.province,
            self.units,
            commune,
            hamlet=hamlet,
            told=told.communes,
            met=self.communes,
            tab="" if table.sheet.is_text_source else tab_text(table.sheet.name),
        )
        pay = self._pay_facts(table, titles)
        return Readers(
            PersonCells(binding, person),
            PlaceCells(binding, where),
            RecipientCells(binding, person, self.today),
            MoneyCells(binding, pay),
            AccountCells(binding, lambda text: self.banks.resolve(text).code),
            RemarkCells(binding, self.today, person.date1904, change_of(table.sheet.name)),
            self.benefits,
            frozenset(binding.at.get("balance", ())),
        )

    def _sheet_commune(self, sheet: Sheet, titles: Titles) -> Resolution | None:
        """The commune of all rows without their own: sheet name, title, upload."""
        named = self._named(sheet)
        if named.status == "one" and len(self.book.sheets) > 1:
            return named
        return titles.commune or (named if named.status == "one" else None) or self.declared

    def _named(self, sheet: Sheet) -> Resolution:
        """The commune a tab names, by name or by its five-digit code."""
        if sheet.name.strip().isdigit():
            return self.places.resolve(sheet.name.strip(), province=self.province, units=self.units)
        return self.places.find_in_text(sheet.name, province=self.province, units=self.units)

    def _sheet_hamlet(self, sheet: Sheet) -> str | None:
        """The hamlet a tab names, in a file of several tabs; the name of a commune is none."""
        if len(self.book.sheets) < 2:
            return None
        named = self.places.find_in_text(sheet.name, province=self.province, units=self.units)
        return hamlet_tab(sheet.name, bool(named.readings))

    def _pay_facts(self, table: Table, titles: Titles) -> PayFacts:
        period = self.period or titles.period
        on = clock.Period.parse(period).first_day if period else self.today
        factor = titles.unit[0] if titles.unit else 1
        units: dict[int, int] = {}
        for name in _MONEY:
            for column in table.binding.of(name):
                own = header_unit(column.header)
                units[column.index] = own[0] if own else factor
        for index in table.binding.at.get("benefit_mark", ()):
            units[index] = factor
        if (most := max(units.values(), default=1)) > 1:
            unit = "triệu đồng" if most == 1_000_000 else "nghìn đồng"
            self.report.warn("unit_applied", table.label, 1, unit=unit, factor=f"{most:,}".replace(",", "."))
        told = self.guide.corrections.benefits
        return PayFacts(rates.packaged(), self.programme, on, units, period is not None, told, self.kinds)

    def _read_table(self, table: Table, facts: PersonFacts, repeats: Repeats) -> Iterator[dict[str, Any]]:
        usual = self._readers(table, facts)
        sums = Sums(table, usual.money)
        header_fields = max((c.index for c in table.header.columns), default=0) + 1
        text_fields = table.sheet.lines[table.header.first].fields or header_fields
        converted = conversions_by_line(table)
        unusable = _unusable(table)
        self.report.rows_skipped += len(table.body.skipped)
        for row in table.body.rows:
            draft = Draft(row)
            readers = self.amended.readers(table.label, row, usual)
            if row.line in unusable:
                readers.withhold(draft, unusable[row.line])
            if row.fields > max(header_fields, text_fields) and table.sheet.is_text_source:
                draft.flag(None, flaw("row_too_long", found=row.fields, expected=max(header_fields, text_fields)))
                readers.person.read(draft)
            else:
                readers.read(draft)
                decide_repeats(draft, table.label, repeats, readers)
            conversions(draft, table, converted)
            if kind := draft.values.get("benefit_type"):
                self.kinds_read[kind] += 1
            sums.note(draft)
            self.report.add(table.label, draft)
            if self.amended.asks_for(table.label, draft):
                yield _finished(table, draft, raw_cells(table, row, readers.dropped, converted))
        for code, count, values in sums.mismatches():
            self.report.warn(code, table.label, count, **values)
        for area, count in usual.place.areas.items():
            self.areas[area] = self.areas.get(area, 0) + count

    # After the rows -----------------------------------------------------------------------------------------------

    def _file_warnings(self, found: Survey, tables: list[Table], facts: dict[int, PersonFacts]) -> None:
        warn_about_file(self.report, found, tables, facts, self.titles, self.options.get("period"))

    def _final(self, tables: list[Table]) -> dict[str, Any]:
        columns = [
            {"sheet": t.label, "column": column_letter(c.index), "header": c.header, "field": c.field}
            for t in tables
            for c in t.header.columns
        ]
        periods = [t.period for t in self.titles.values() if t.period]
        clues = self._clues(tables)
        self.report.extra = {
            "columns": columns,
            "areas": sorted([list(a) for a in self.areas]),
            "period_in_title": periods[0] if periods else None,
            "kind_of_file": self.book.kind,
            "clues": clues.as_json() if clues else None,
            "met": {"communes": self.communes.as_json(), "benefits": self.kinds.as_json()},
        }
        return self.report.as_json()

    def _clues(self, tables: list[Table]) -> Clues | None:
        """What speaks for another programme than the sender's; a file warning too, for who reads no screen."""
        above = (self.titles.get(index) for index in {table.sheet.index for table in tables})
        titles = [text for found in above if found for text in found.texts]
        tabs = [table.sheet.name for table in tables]
        unknown = {one["text"]: one["count"] for one in self.kinds.as_json() if not (one["choices"] or one["told"])}
        name = str(self.options.get("name") or "")
        clues = programme_clues.look(self.programme, [name, *tabs, *titles], self.kinds_read, unknown)
        if clues:
            facts = {"found": clues.programme, "expected": self.programme, "words": ", ".join(clues.words) or "–"}
            self.report.warn("programme_differs", "", clues.rows, **facts)
        return clues


class Readers:
    """The cells of one table, read in the order in which they need each other."""

    def __init__(
        self,
        person: PersonCells,
        place: PlaceCells,
        recipient: RecipientCells,
        money: MoneyCells,
        account: AccountCells,
        remarks: RemarkCells,
        benefits: Known,
        dropped: frozenset[int],
    ) -> None:
        self.person, self.place, self.recipient = person, place, recipient
        self.money, self.account, self.remarks = money, account, remarks
        self.benefits = benefits  # what tells a person → the rows seen so far
        self.dropped = dropped  # columns of balances: not even kept raw

    def read(self, draft: Draft) -> None:
        """Clean one row."""
        self.person.read(draft)
        self.place.read(draft)
        self.recipient.read(draft)
        self.money.read(draft)
        self.account.read(draft)
        self.remarks.read(draft)

    def withhold(self, draft: Draft, columns: dict[int, str]) -> None:
        """Leave out over-long and undecodable cells with a warning; as name or commune they park the row."""
        cells = list(draft.cells)
        for index, code in columns.items():
            if index == self.person.name:
                continue
            if index in (self.place.commune, self.place.code):
                draft.flag(index, flaw("commune_unknown", found="…", province=self.place.where.province or ""))
            else:
                draft.flag(index, flaw(code))
            if index < len(cells):
                cells[index] = None
        draft.cells = cells


def _finished(table: Table, draft: Draft, raw: list[Any]) -> dict[str, Any]:
    """A row as it leaves the child."""
    return {
        "kind": "row",
        "sheet": table.label,
        "line": draft.line,
        "state": "parked" if draft.parked else "ok",
        "values": draft.values,
        "issues": draft.issues() if draft.flags else [],
        "raw": raw,
    }


def _unusable(table: Table) -> dict[int, dict[int, str]]:
    """Line → column → why its cell cannot be used: longer than the limit, or in a lost code page."""
    found: dict[int, dict[int, str]] = {}
    for row in table.body.rows:
        if LongCell in set(map(type, row.cells)):
            found[row.line] = {i: "cell_too_long" for i, c in enumerate(row.cells) if isinstance(c, LongCell)}
    for line, column in table.repair.hopeless:
        found.setdefault(line, {})[column] = "cell_undecodable"
    return found
