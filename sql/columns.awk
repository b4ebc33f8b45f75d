# The names of a statement's columns, read from its text: what stands after "as", or a column's own
# name. A test compares them with what PostgreSQL says.

# Words of text that stand in no bracket, in order: word[1..n], where each begins in at[1..n]. A
# comma is a word too, and the end is an empty one. Gives n.
function outer_words(text, word, at,    n, depth, i, c, run, begin) {
  for (i = 1; i <= length(text) + 1; ++i) {
    c = i > length(text) ? " " : substr(text, i, 1)
    if (depth == 0 && c ~ /[a-z_0-9]/) {
      if (run == "") begin = i
      run = run c
      continue
    }
    if (run != "") { word[++n] = run; at[n] = begin; run = "" }
    if (c == "," && depth == 0) { word[++n] = c; at[n] = i }
    if (c == "'") i += index(substr(text, i + 1), "'")
    if (c ~ /[([]/) ++depth
    if (c ~ /[])]/) --depth
  }
  word[++n] = ""; at[n] = length(text) + 1
  return n
}

# The name of one column, or "" where it needs "as NAME".
function column_name(item) {
  gsub(/^[ \n]+|[ \n]+$/, "", item)
  if (match(item, /[ \n]as [a-z_0-9]+$/)) return substr(item, RSTART + 4)
  if (item !~ /^([a-z_0-9]+\.)?[a-z_][a-z_0-9]*(::[a-z0-9]+)?$/) return ""
  sub(/::.*/, "", item)
  sub(/^.*\./, "", item)
  return item ~ /^(null|true|false)$/ ? "" : item
}

# The word before the first column, or 0: the first "select" of a query, the "returning" of a change.
function list_begins(word, n,    i, verb, begins) {
  for (i = 1; i <= n; ++i) {
    if (verb == "" && word[i] ~ /^(select|insert|update|delete)$/) {
      verb = word[i]
      if (verb == "select") begins = i
    }
    if (word[i] == "returning") begins = i
  }
  return begins
}

# Fills column[1..n] with the names of the columns that text gives. Gives n.
function columns_of(text, column,    word, at, words, i, n, from) {
  words = outer_words(text, word, at)
  i = list_begins(word, words)
  if (!i) return 0
  if (word[i + 1] == "distinct") ++i
  from = at[i] + length(word[i])
  if (word[i + 1] == "on") {  # distinct on (…)
    ++i
    from = at[i] + index(substr(text, at[i]), ")")
  }
  while (++i <= words) {
    if (word[i] == "from" && word[i - 1] == "distinct") continue
    if (word[i] != "," && word[i] != "" &&
        word[i] !~ /^(from|where|order|limit|union|group|for|having|offset)$/) continue
    column[++n] = column_name(substr(text, from, at[i] - from))
    if (word[i] != ",") break
    from = at[i] + 1
  }
  return n
}
