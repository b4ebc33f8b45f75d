// The page /docs/ in a headless Chromium, light and dark, wide and narrow:
// tests/browser/docs_page.js asks it, axe-core looks at it, and both report here.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/chromium.h"
#include "tests/support/disturbance.h"
#include "tests/support/stack.h"

namespace dundun {
namespace docs_page_test {

namespace fs = std::filesystem;

constexpr double kPatience = 400;  // axe reads everything, on a busy machine

// A text as it stands in the address of a report.
std::string encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ') {
      out += "%20";
    } else if (c == ':') {
      out += "%3A";
    } else {
      out += c;
    }
  }
  return out;
}

class DocsPageTest : public testing::Test {
 protected:
  // The shipped page, and beside it what asks it.
  static std::string site(int port, const std::string& folder) {
    const fs::path root = Stack::shared().root();
    fs::create_directories(folder + "/browser");
    EXPECT_EQ(run_command({root / "deploy/dev/npm.sh"}, {}, folder + "/npm.log"), 0)
        << read_file(folder + "/npm.log");
    fs::copy_file(root / "build/npm/node_modules/axe-core/axe.min.js", folder + "/browser/axe.js");
    fs::copy_file(root / "tests/browser/docs_page.js", folder + "/browser/docs_page.js");
    std::string page = read_file(root / "portal/docs/index.html");
    page.insert(page.find("<meta"), "<base href=\"/docs/\">");
    page.insert(page.find("</head>"),
                "<script src=\"/browser/axe.js\"></script>"
                "<script type=\"module\" src=\"/browser/docs_page.js\"></script>");
    std::ofstream(folder + "/browser/docs.html") << page;
    return "listen 127.0.0.1:" + std::to_string(port) +
           ";\n"
           // A header of its own: else the shipped policy would forbid the frame and what asks in
           // it.
           "location /browser/ { add_header X-Asked-By test; root " +
           folder + "; }\nlocation = /browser/report { access_log " + folder +
           "/reports; return 204; }\n";
  }

  // Opens the page in a frame, because a window is never so narrow, and waits until it was asked
  // everything.
  void ask(const std::string& scheme, int width, const std::string& query) {
    std::ofstream(folder_ + "/browser/frame.html")
        << "<!doctype html><meta name=\"color-scheme\" content=\"light dark\">"
           "<iframe src=\"docs.html"
        << query << "\" height=\"900\" width=\"" << width << "\"></iframe>";
    browser_ = Process(
        {.command = {kChromium, "--no-sandbox", "--disable-gpu", "--no-first-run",
                     "--disable-dev-shm-usage", "--disable-background-networking",
                     "--disable-component-update", "--disable-sync", "--disable-default-apps",
                     "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                     std::string("--blink-settings=preferredColorScheme=") +
                         (scheme == "dark" ? "0" : "1"),
                     "--hide-scrollbars", "--window-size=1400,1000",
                     "--user-data-dir=" + folder_ + "/" + scheme + std::to_string(width),
                     "--remote-debugging-port=0",
                     "http://127.0.0.1:" + std::to_string(port_) + "/browser/frame.html"},
         .environment = {{"HOME", folder_}},
         .log = folder_ + "/chromium.log",
         .folder = ""});
    EXPECT_TRUE(wait_until([&] { return has("?done "); }, kPatience)) << reports();
  }

  std::string reports() const { return read_file(folder_ + "/reports"); }
  bool has(const std::string& what) const { return reports().find(what) != std::string::npos; }
  void expect(const std::string& what) const {
    EXPECT_TRUE(has("?" + encoded(what) + " ")) << what << " is not among:\n" << reports();
  }

  // What holds in every setting.
  void expect_sound(const std::string& scheme, int width,
                    const std::string& query = "?articles=1") {
    ask(scheme, width, query);
    EXPECT_FALSE(has("?broken")) << reports();
    expect("axe-done|0|" + scheme + "|" + std::to_string(width));
    EXPECT_FALSE(has("?axe|")) << reports();
    expect("wide|0");
    expect("webhook|13|13");
    expect("others|0");
    expect("tabs|curl|Python|curl|PHP|curl|PHP");
  }

  int port_ = free_port();
  std::string folder_ = Stack::shared().folder() + "/docs_page" + std::to_string(port_);
  Service service_{Stack::shared().fresh_database(),
                   {.environment = {}, .site = site(port_, folder_)}};
  Process browser_;
};

TEST_F(DocsPageTest, WideAndLight) {
  expect_sound("light", 1280, full_size() ? "" : "?articles=2");  // minutes, if the machine is busy
  for (const char* need : {"post_messages_send|Key: send", "get_auth_sessions|Login",
                           "get_workspace_users|Login: owner", "get_admin_accounts|Login: admin",
                           "post_sms_send|App key: send", "get_pricing|No key"}) {
    expect(std::string("needs|") + need);
  }
}

TEST_F(DocsPageTest, WideAndDark) { expect_sound("dark", 1280); }

TEST_F(DocsPageTest, NarrowAndLight) { expect_sound("light", 390); }

TEST_F(DocsPageTest, NarrowAndDark) { expect_sound("dark", 390); }

}  // namespace docs_page_test
}  // namespace dundun
