#!/usr/bin/env bash
# The guess: pages by key, "(lower(name), id) < (?, ?) order by lower(name) desc, id desc limit 5", find their place in an index on
# (lower(name), id) as they do in an index on two columns.
#
# What happens: over two columns SQLite searches the index. Over an expression it walks the index from its end, though the same
# index gives the order: a late page of ten thousand reads all that come before it. The expression in a condition of its own
# is found, "lower(name) <= ? and (lower(name) < ? or id < ?)", and so is a generated column of the same expression.
#
# Seen 2026-12-01 with SQLite 3.40.1 (Python 3.11) and 3.54.1 (apsw 3.54.1.0), beside SQLite's documentation, "Row Values" and
# "Indexes On Expressions", which name no such limit.
set -euo pipefail
command -v python3 >/dev/null || { echo "this machine lacks python3" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apsw==3.54.1.0 2>"$folder/errors" || { cat "$folder/errors" >&2; exit 2; }
seen=$("$folder/venv/bin/python" - <<'P'
import apsw
database = apsw.Connection(":memory:")
database.execute("create table people (id text primary key not null, name text not null, low text generated always as (lower(name)))")
database.execute("create index by_column on people (name, id)")
database.execute("create index by_expression on people (lower(name), id)")
database.execute("create index by_generated on people (low, id)")
for what, where, order in [
    ("two columns", "(name, id) < ('x', 'y')", "name"),
    ("an expression", "(lower(name), id) < ('x', 'y')", "lower(name)"),
    ("the expression by itself", "lower(name) <= 'x' and (lower(name) < 'x' or id < 'y')", "lower(name)"),
    ("a generated column", "(low, id) < ('x', 'y')", "low"),
]:
    query = f"explain query plan select * from people where {where} order by {order} desc, id desc limit 5"
    print(f"{what}:", *(row[3].split(" ")[0].lower() for row in database.execute(query)))
P
)
echo "$seen"
expected="two columns: search
an expression: scan
the expression by itself: search
a generated column: search"
[ "$seen" = "$expected" ] || { echo "it has changed" >&2; exit 1; }
