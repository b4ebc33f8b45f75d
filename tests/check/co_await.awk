# Prints every statement that has both co_await and a conditional expression. g++ 12 runs both arms
# of `co_await (c ? a : b)`, and of a condition among the arguments of an awaited call. And every
# braced list with co_await in it: g++ 12 frees what it copied there bit by bit.
# Usage: awk -f co_await.awk FILE…
function judge() {
  if (statement ~ /co_await/ && statement ~ /\?/) print file ":" first ": co_await with a condition: give it a name before"
  statement = ""
}
FNR == 1 { judge(); file = FILENAME; comment = 0; raw = 0 }
{
  line = $0
  if (raw) {  # inside R"(…)"
    if (!match(line, /\)"/)) next
    line = substr(line, RSTART + 2)
    raw = 0
  }
  while (match(line, /R"\(/)) {
    before = substr(line, 1, RSTART - 1)
    rest = substr(line, RSTART + 3)
    raw = !match(rest, /\)"/)
    line = before (raw ? "" : substr(rest, RSTART + 2))
  }
  gsub(/\\\\/, "", line)
  gsub(/\\["']/, "", line)
  gsub(/"[^"]*"/, "", line)
  gsub(/'[^']*'/, "", line)
  sub(/\/\/.*/, "", line)
  if (line ~ /[A-Za-z0-9_>]\{[^{}]*co_await/) print file ":" FNR ": co_await in a braced list: give it a name before"
  count = split(line, parts, /[;{}]/)
  for (i = 1; i <= count; ++i) {
    if (i > 1) judge()
    if (statement ~ /^[ \t]*$/) first = FNR
    statement = statement " " parts[i]
  }
}
END { judge() }
