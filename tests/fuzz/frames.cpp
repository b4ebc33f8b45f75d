// What a WebSocket client sends, of arbitrary bytes, in one piece and in two: the same is handed
// on, never more than there is room for.
#include <cstdint>
#include <cstdlib>

#include "ws-bridge/frame_guard.h"

namespace {

using dundun::FrameGuard;

void hand_on(FrameGuard& guard, std::string_view bytes, std::string& passed) {
  // Bytes of its own, so that a read beyond them is seen.
  std::string piece(bytes), out(bytes.size() + FrameGuard::kHeldMax, '\0');
  const size_t size = guard.pass(piece, out.data());
  if (size > out.size()) std::abort();
  passed.append(out, 0, size);
}

std::string passed_in_two(std::string_view bytes, size_t cut) {
  FrameGuard guard;
  guard.start_frames();
  std::string passed;
  hand_on(guard, bytes.substr(0, cut), passed);
  hand_on(guard, bytes.substr(cut), passed);
  return passed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  FrameGuard head;
  if (head.head_part(bytes) > bytes.size()) std::abort();
  const size_t cut = data[0] % (bytes.size() + 1);
  if (passed_in_two(bytes, bytes.size()) != passed_in_two(bytes, cut)) std::abort();
  return 0;
}
