"""The named SQL, loaded once. A query is called as `SQL.name(connection, parameter=...)`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiosql

SQL: Any = aiosql.from_path(Path(__file__).parent, "sqlite3", ext=(".sql",))
"""Every query of the .sql files beside this module (not of migrations/)."""
