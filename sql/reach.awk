# How far each statement reaches: a line `FILE NAME one|several|all`.
#   one      the rows of one account, which a parameter names
#   several  rows of the accounts that a parameter lists, each row by its own
#   all      every account's, or nobody's: the comment says why after `-- tenant:`
#   unsaid   as far as one can see; `make check` refuses it
# tests/data/statements.txt is its answer, docs/statements.md says what it is for.
# Usage: awk -f reach.awk FILE…
function tell() {
  if (name == "") return
  reach = text ~ /bigint\[\]/ ? "several" : "one"
  if (text ~ /account_id = \$[0-9]+::bigint/) reach = "one"
  else if (reach == "one" && text !~ /insert into/) reach = "unsaid"
  if (excused) reach = "all"
  print file, name, reach
  name = ""
}
FNR == 1 { tell(); whole = 0; file = FILENAME; sub(/^.*\//, "", file); sub(/\.sql$/, "", file) }
/^-- name: / { tell(); name = $3; text = " "; excused = whole; next }
/^--/ { if (/tenant:/) { if (name != "") excused = 1; else whole = 1 } next }
{ sub(/--.*/, ""); sub(/^[ \t]+/, ""); text = text $0 " " }
END { tell() }
