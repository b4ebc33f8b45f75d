# Prints what is wrong with the statements of sql/statements:
# - A statement that touches a tenant's rows has the account id. One without says why after
#   `-- tenant:`, in its comment or in that of the whole file.
# - A message's `body` is what its carrier gets: the code of a verification, for one. What is shown
#   of it is coalesce(shown_body, body). A statement that needs the body says why after `-- body:`.
# Usage: awk -f statements.awk FILE…
function complain(words) { print file ": " name " " words }
# The name that the statement gives to a table, after the text `from messages`.
function alias_after(rest) {
  sub(/^[ \t]+(as[ \t]+)?/, "", rest)
  if (!match(rest, /^[a-z_]+/)) return ""
  rest = substr(rest, 1, RLENGTH)
  if (rest ~ /^(where|on|set|order|group|limit|join|left|cross|inner|for|using|union)$/) return ""
  return rest
}
function judge_body(rest, alias, column) {
  rest = text
  gsub(/coalesce\(([a-z_]+\.)?shown_body, ([a-z_]+\.)?body\)( as body)?/, "", text)
  gsub(/([a-z_]+\.)?body <> ''/, "", text)
  gsub(/[ ,]body = /, " ", text)
  while (match(rest, /[^a-z_](from|join|update) messages[^a-z_]/)) {
    rest = substr(rest, RSTART + RLENGTH - 1)
    alias = alias_after(rest)
    column = alias == "" ? "[^a-z_.]body" : "[^a-z_]" alias "[.](body|[*])"
    if (text ~ column "[^a-z_]" || text ~ /select [*] from messages/ ||
        (text ~ /update messages/ && text ~ /returning [*]/)) {
      complain("shows a message's body: select coalesce(shown_body, body), or say `-- body: why`")
      return
    }
  }
}
function judge() {
  if (name == "") return
  if (!account && !excused) complain("has no account_id: say `-- tenant: why`")
  if (!body_excused) judge_body()
  name = ""
}
FNR == 1 { judge(); whole = 0 }
{ file = FILENAME }
/^-- name: / {
  judge()
  name = $3; text = " "
  account = 0; excused = whole; body_excused = 0
  next
}
/^--/ {
  if (/tenant:/) { if (name != "") excused = 1; else whole = 1 }
  if (/ body: /) body_excused = 1
  next
}
/account_id/ { account = 1 }
{ sub(/--.*/, ""); sub(/^[ \t]+/, ""); text = text $0 " " }
END { judge() }
