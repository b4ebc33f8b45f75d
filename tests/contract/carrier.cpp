// The questions to handlers/carrier.
#include "common/carrier/receipt_url.h"
#include "tests/contract/openapi_test.h"

namespace dundun {
namespace openapi_test {

void OpenApiTest::ask_carriers() {
  sql_of_test(pg(), "insert into carriers (carrier, secret_hashes) values ('loopback', array['\\x" +
                        to_hex(sha256("carriersecret")) + "'::bytea])");
  sql_of_test(pg(),
              "insert into inbound_numbers (number, country, keyword, account_id) values "
              "('+254700000999', 'KE', '', " +
                  std::to_string(account_) + ")");
  configuration_changed(pg(), Stack::shared().redis_url());
  const HttpClient::Headers plain = {{"Authorization", "Bearer carriersecret"}};
  const std::string text = "id=1&from=254712345679&to=254700000999&text=Hello";
  const std::string mo = R"({"id":"2","from":"+254712345679","to":"+254700000999","text":"Hi"})";
  const PgRows rows = sql_of_test(pg(), "select message_id from messages where account_id = " +
                                            std::to_string(account_) + " limit 1");
  const std::string ref = std::to_string(account_) + "-" + to_string(rows.uuid(0, 0));
  const std::string dlr = R"({"ref":")" + ref + R"(","status":"1"})";
  key_ = "carriersecret";
  ask("POST /carrier/{carrier}/mo", "/carrier/loopback/mo", mo);
  ask("GET /carrier/{carrier}/mo", "/carrier/loopback/mo?" + text);
  ask("GET /carrier/{carrier}/{secret}/mo", "/carrier/loopback/carriersecret/mo?" + text);
  ask("POST /carrier/{carrier}/{secret}/mo", "/carrier/loopback/carriersecret/mo", mo);
  ask("POST /carrier/{carrier}/dlr", "/carrier/loopback/dlr", dlr);
  ask("GET /carrier/{carrier}/dlr", "/carrier/loopback/dlr?status=1&ref=" + ref);
  ask("GET /carrier/{carrier}/{secret}/dlr",
      "/carrier/loopback/carriersecret/dlr?status=1&ref=" + ref);
  ask("POST /carrier/{carrier}/{secret}/dlr", "/carrier/loopback/carriersecret/dlr", dlr);
  const std::string wish = R"({"phone":"+254712345678","sender":"Kijani"})";
  ask("POST /carrier/{carrier}/opt-out", "/carrier/loopback/opt-out", wish);
  ask("POST /carrier/{carrier}/opt-out", "/carrier/loopback/opt-out", R"({"phone":"+254"})");
  ask("POST /carrier/{carrier}/{secret}/opt-out", "/carrier/loopback/carriersecret/opt-out", wish);
  const std::string part = reference_text({account_, Environment::kLive, rows.uuid(0, 0), 1, 1});
  const std::string receipt = "/carrier/loopback/kannel-receipt?type=1&ref=" + part;
  const std::string signature = "&sig=" + receipt_signature(kSecret, part);
  ask("GET /carrier/{carrier}/kannel-receipt", receipt + signature);
  ask("GET /carrier/{carrier}/kannel-receipt", receipt + "&sig=0");
  ask("POST /carrier/{carrier}/kannel-receipt", receipt + signature, "{}");
  key_ = seed_key(pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}");
}

}  // namespace openapi_test
}  // namespace dundun
