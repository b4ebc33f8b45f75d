#include "handlers/messages/list_window.h"

namespace dundun {

int64_t total_of(std::span<const ListSegment> segments) {
  int64_t total = 0;
  for (const ListSegment& segment : segments) total += segment.count;
  return total;
}

ListWindow page_window(std::span<const ListSegment> segments, int64_t offset) {
  size_t first = 0;
  while (first < segments.size() && segments[first].exact && offset >= segments[first].count) {
    offset -= segments[first].count;
    ++first;
  }
  if (first == segments.size()) return {};
  ListWindow window{segments[first].from, segments[first].to, offset};
  for (const ListSegment& segment : segments.subspan(first)) {
    if (segment.count > 0) window.from = segment.from;
  }
  return window;
}

}  // namespace dundun
