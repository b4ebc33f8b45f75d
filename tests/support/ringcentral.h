// RingCentral as its public API reference describes it, for one client and any number of users:
// authorization codes with PKCE, refresh tokens that are good once, JWTs, numbers, SMS,
// subscriptions with the handshake, the message store.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "common/base/time.h"
#include "tests/support/http_stand_in.h"

namespace dundun {

class RingCentralStandIn {
 public:
  static constexpr const char* kClientId = "client-of-the-tests";
  static constexpr const char* kClientSecret = "client-secret-of-the-tests";
  static constexpr const char* kAccount = "80964001";

  RingCentralStandIn();
  std::string url() const { return server_.url(); }

  // Asks our webhook with a Validation-Token; what that answered in the same header.
  using Handshake = std::function<std::string(const std::string& token)>;
  void on_subscribe(Handshake handshake);

  // The user's page: whoever is `extension` presses Authorize. The way back, without scheme and
  // host; "" when the address is not as it has to be.
  std::string authorize(const std::string& location, const std::string& extension);
  // A browser that comes to the page from now on is this user's.
  void sign_in(const std::string& extension);
  void add_jwt(const std::string& jwt, const std::string& extension);
  // What the user may send from, as RingCentral writes it; and a number that may not.
  void give_number(const std::string& extension, const std::string& number);
  // The user takes the authorization back: no token of theirs is good any more.
  void revoke(const std::string& extension);
  void forget_access_tokens();
  // Our client's secret is another one from now on.
  void change_client_secret(const std::string& secret);
  // Its subscriptions stand so from now on: "Suspended", "Blacklisted".
  void set_subscriptions(const std::string& status);
  // The next tokens are made, and their answer is lost.
  void lose_next_tokens();
  // Submits from now on are answered so.
  void answer_sms(HttpStandIn::Play play);
  void set_status(const std::string& id, const std::string& status, const std::string& error = "");

  // A text that came to the user's number, in its message store.
  struct Text {
    std::string id, from, to, subject;
    Instant written_at;
  };
  void keep_text(const std::string& extension, Text text);
  // The next question for the store is answered 429, with this Retry-After.
  void throttle_store(int retry_after_s);

  struct Subscription {
    std::string extension, address, verification;
    int renewals = 0;
    std::string status = "Active";
  };
  std::map<std::string, Subscription> subscriptions();
  std::vector<HttpStandIn::Seen> submits();  // those with a good token
  int calls(const std::string& part);        // whose method and target hold this
  std::set<std::string> secrets();           // every token and code that there was

 private:
  using Seen = HttpStandIn::Seen;
  using Reply = HttpStandIn::Reply;
  struct Code {
    std::string extension, challenge, redirect_uri;
  };
  Reply play(const Seen& seen);
  Reply page(const std::string& target);
  std::string way_back(const std::string& location, const std::string& extension);
  Reply token(const Seen& seen);
  Reply new_tokens(const std::string& extension);
  Reply numbers(const std::string& extension);
  Reply sms(const Seen& seen, const std::string& extension);
  Reply subscribe(const Seen& seen, const std::string& extension);
  Reply subscription(const Seen& seen, const std::string& id);
  Reply message(const std::string& id);
  Reply store(const Seen& seen, const std::string& extension);
  std::string secret(const char* kind);

  std::mutex mutex_;
  int made_ = 0;
  bool loses_tokens_ = false;
  std::string client_secret_ = kClientSecret;
  std::string signed_in_;
  Handshake handshake_;
  HttpStandIn::Play sms_play_;
  std::map<std::string, Code> codes_;
  std::map<std::string, std::string> access_, refresh_, jwts_;  // -> extension
  std::map<std::string, std::vector<std::string>> numbers_;
  std::map<std::string, Subscription> subscriptions_;
  std::map<std::string, std::pair<std::string, std::string>> statuses_;
  std::map<std::string, std::vector<Text>> texts_;  // newest first
  int throttled_s_ = 0;
  std::vector<Seen> submits_;
  std::set<std::string> secrets_;
  HttpStandIn server_;  // last: it uses the others
};

}  // namespace dundun
