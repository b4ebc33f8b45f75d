// The plain way to use libfcgi, for comparison: threads that block in accept, one connection a
// request, the same JSON work as trivial.cpp. Serves the listening socket on fd 0.
#include <fcgiapp.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "common/io/json.h"

namespace {

void serve() {
  FCGX_Request request;
  FCGX_InitRequest(&request, 0, 0);
  while (FCGX_Accept_r(&request) == 0) {
    const char* length = FCGX_GetParam("CONTENT_LENGTH", request.envp);
    std::string body(length ? std::strtoul(length, nullptr, 10) : 0, '\0');
    FCGX_GetStr(body.data(), static_cast<int>(body.size()), request.in);
    auto document = dundun::JsonDocument::parse(body);
    const bool ok = document && document->root().is_object();
    const std::string text = "Content-Type: application/json\r\n\r\n" +
                             std::string(ok ? R"({"ok":true})" : R"({"ok":false})");
    FCGX_PutStr(text.data(), static_cast<int>(text.size()), request.out);
    FCGX_Finish_r(&request);
  }
}

}  // namespace

int main() {
  FCGX_Init();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back(serve);
  for (std::thread& thread : threads) thread.join();
}
