// Where Debian has Chromium's shell. Not /usr/bin/chromium-headless-shell: that script waits for
// the browser, and who ends the script leaves the browser behind.
#pragma once

namespace dundun {

inline constexpr const char* kChromium = "/usr/lib/chromium/chromium-headless-shell";

}  // namespace dundun
