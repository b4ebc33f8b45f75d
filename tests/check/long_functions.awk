# Prints every function of more than `most` lines, from the line of its opening brace to that of its
# closing one. Tables and types are no functions; what stands inside a function is part of it.
# Usage: awk -v most=40 -f long_functions.awk FILE…

# What the brace after `head` opens: a name space, a type, a function, or a list of values.
function kind_of(head) {
  if (head ~ /(^|[ \t])namespace([ \t]|$)/ || head ~ /^[ \t]*extern[ \t]*$/) return "scope"
  gsub(/operator[^ (]+/, "operator", head)
  while (gsub(/\([^()]*\)/, "#", head)) {}
  if (head ~ /=/) return "values"
  if (head ~ /#/) return "function"
  return head ~ /(^|[ \t>])(class|struct|union|enum)[ \t]/ ? "scope" : "values"
}
function open_brace() {
  if (inside == 0) {
    kind = kind_of(head)
    kinds[++depth] = kind
    if (kind != "scope") inside = 1
    if (kind == "function") { first = FNR; name = head }
  } else {
    ++inside
  }
  head = ""
}
function close_brace(lines) {
  head = ""
  if (inside == 0) { --depth; return }
  if (--inside > 0) return
  lines = FNR - first + 1
  if (kinds[depth--] == "function" && lines > most) {
    gsub(/^[ \t]+|[ \t]+$/, "", name)
    sub(/\(.*/, "", name)
    print FILENAME ":" first ": " name " has " lines " lines (at most " most ")"
  }
}
FNR == 1 { depth = 0; inside = 0; head = ""; raw = 0; comment = 0 }
{
  line = $0
  if (raw) {  # inside R"(…)"
    if (!match(line, /\)[a-z]*"/)) next
    line = substr(line, RSTART + RLENGTH)
    raw = 0
  }
  while (match(line, /R"[a-z]*\(/)) {
    before = substr(line, 1, RSTART - 1)
    rest = substr(line, RSTART + RLENGTH)
    raw = !match(rest, /\)[a-z]*"/)
    line = before (raw ? "" : substr(rest, RSTART + RLENGTH))
    if (raw) break
  }
  gsub(/\\\\/, "", line)
  gsub(/\\["']/, "", line)
  gsub(/"[^"]*"/, "", line)
  gsub(/'[^']*'/, "", line)
  sub(/\/\/.*/, "", line)
  if (line ~ /^#/) next
  while (match(line, /[{};]/)) {
    head = head substr(line, 1, RSTART - 1)
    mark = substr(line, RSTART, 1)
    line = substr(line, RSTART + 1)
    if (mark == "{") open_brace()
    else if (mark == "}") close_brace()
    else head = ""
  }
  head = head line " "
}
