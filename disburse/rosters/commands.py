"""`disburse roster` and `disburse decisions`: what each command does stands beside its action."""

from __future__ import annotations

import typer

from disburse.rosters.checking import check_roster
from disburse.rosters.import_file import import_roster

roster = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@roster.callback()
def _roster() -> None:
    """Danh sách đối tượng: kiểm tra, nhập."""


roster.command("check")(check_roster)
roster.command("import")(import_roster)
