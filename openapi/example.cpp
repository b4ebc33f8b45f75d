#include "openapi/example.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dundun {
namespace {

// What a text of this name looks like; JSON.
constexpr auto kTexts = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"to", R"("+254712345678")"},
    {"from", R"("+254700000001")"},
    {"number", R"("+254700000001")"},
    {"recipient", R"("+254712345678")"},
    {"text", R"("The bus leaves at six")"},
    {"body", R"("The bus leaves at six")"},
    {"template", R"("Your code is {{code}}")"},
    {"sender_id", R"("Kijani")"},
    {"sender_id_default", R"("Kijani")"},
    {"name", R"("Kijani Tours")"},
    {"country_name", R"("Kenya")"},
    {"email", R"("amina@example.com")"},
    {"route", R"("ESMS_KE")"},
    {"route_code", R"("ESMS_KE")"},
    {"carrier", R"("loopback")"},
    {"code", R"("482913")"},
    {"verification_id", R"("ver-01984f6e-6a10-7c11-9b52-31c6a6a0d9f8")"},
    {"messageId", R"("msg_01984f6e6a107c119b5231c6a6a0d9f4")"},
    {"ids", R"("msg-01984f6e-6a10-7c11-9b52-31c6a6a0d9f4")"},
    {"event", R"("message.delivered")"},
    {"events", R"("message.delivered")"},
    {"scopes", R"("send")"},
    {"signing_secret", R"("whsec_NGYwYzE4ZjJhN2I5ZDNlNjVjMGE4YjE3")"},
    {"prefix", R"("esms_live_****ab12")"},
    {"key", R"("esms_live_0123456789abcdefghijklmnopqrstuv")"},
    {"apiKey", R"("sgw_0123456789abcdef0123456789abcdef")"},
    {"password", R"("correct horse battery staple")"},
    {"current_password", R"("correct horse battery staple")"},
    {"new_password", R"("a longer horse with more staples")"},
    {"address", R"("203.0.113.7")"},
    {"national_format", R"("0712 345678")"},
    {"international_format", R"("+254 712 345678")"},
    {"detail", R"("API request received")"},
    {"description", R"("Top-up by bank transfer")"},
    {"reason", R"("Not a name of this company")"},
    {"connectUrl", R"("/v1/rc/connect?token=5d0c4f6e")"},
    {"phone", R"("+254712345678")"},
    {"keyword", R"("JOIN")"},
    {"tz", R"("Africa/Nairobi")"},
    {"link", R"("/balance")"},
    {"title", R"("Balance low")"},
    {"actor", R"("amina@example.com")"},
    {"tags", R"("customers")"},
    {"columns", R"("name")"},
    {"quote_id", R"("q-01984f6e")"},
    {"price_per_segment", "1.20"},
    {"per_usd", "129.50"},
    {"amount", "500"},
    {"wallet_balance", "498.80"},
    {"balance", "498.80"},
    {"balance_after", "498.80"},
});

// What is empty when all went well.
constexpr auto kUsuallyNull = std::to_array<std::string_view>({"error",
                                                               "error_code",
                                                               "error_message",
                                                               "last_error",
                                                               "failed_at",
                                                               "finished_at",
                                                               "rejection_reason",
                                                               "disabled_at",
                                                               "disabled_reason",
                                                               "old_secret_expires_at",
                                                               "expires_at",
                                                               "scheduled_at",
                                                               "fx_rate",
                                                               "retry_of",
                                                               "fx",
                                                               "batch_id",
                                                               "window",
                                                               "not_after",
                                                               "drip_rate",
                                                               "two_way",
                                                               "last_failure_at",
                                                               "substitute"});

bool is_null(const Shape& shape) {
  return shape.kind == Shape::Kind::kWord && shape.name == "null";
}

class Examples {
 public:
  Examples(JsonWriter& json, const ShapeTypes& types, const ExampleValues& instead)
      : json_(json), types_(types), instead_(instead) {}

  Status write(const Shape& shape, const std::string& name) {
    if (const auto given = instead_.find(name); given != instead_.end()) {
      json_.raw(given->second);
      return Done{};
    }
    switch (shape.kind) {
      case Shape::Kind::kWord:
        word(shape, name);
        return Done{};
      case Shape::Kind::kLiteral:
        json_.value(std::string_view(shape.name));
        return Done{};
      case Shape::Kind::kNamed:
        return write(*TRY(resolved(shape, types_)), name);
      case Shape::Kind::kArray:
        json_.begin_array();
        TRY(write(shape.parts.front(), name));
        json_.end_array();
        return Done{};
      case Shape::Kind::kMap:
        json_.begin_object().key("name");
        TRY(write(shape.parts.front(), "name"));
        json_.end_object();
        return Done{};
      case Shape::Kind::kUnion:
        return choice(shape, name);
      case Shape::Kind::kObject:
        return object(shape);
    }
    return Done{};
  }

 private:
  void word(const Shape& shape, const std::string& name) {
    if (shape.name == "any") {
      json_.begin_object().end_object();
      return;
    }
    const auto known =
        std::ranges::find(kTexts, name, &std::pair<std::string_view, std::string_view>::first);
    const bool text = shape.name == "string";
    const bool number = shape.name == "number" || shape.name == "money";
    if (known != kTexts.end() && (known->second.starts_with('"') ? text : number)) {
      write_known(shape, known->second);
    } else if (shape.least && shape.name == "integer") {
      json_.value(std::max<int64_t>(*shape.least, std::min<int64_t>(1, *shape.most)));
    } else {
      json_.raw(word_of(shape.name)->example);
    }
  }

  // A text may be too long for this member of its name.
  void write_known(const Shape& shape, std::string_view known) {
    const size_t most = shape.most ? static_cast<size_t>(*shape.most) : known.size();
    if (known.starts_with('"') && known.size() - 2 > most) {
      json_.value(known.substr(1, most));
    } else {
      json_.raw(known);
    }
  }

  Status choice(const Shape& shape, const std::string& name) {
    const bool empty = std::ranges::find(kUsuallyNull, name) != kUsuallyNull.end();
    if (empty && std::ranges::any_of(shape.parts, is_null)) {
      json_.null();
      return Done{};
    }
    return write(shape.parts.front(), name);
  }

  Status object(const Shape& shape) {
    const std::vector<Member> members = TRY(members_of(shape, types_));
    const bool all = std::ranges::all_of(members, &Member::optional);
    json_.begin_object();
    for (const Member& member : members) {
      if (member.optional && !all) continue;
      json_.key(member.name);
      TRY(write(member.shape, member.name));
    }
    json_.end_object();
    return Done{};
  }

  JsonWriter& json_;
  const ShapeTypes& types_;
  const ExampleValues& instead_;
};

}  // namespace

Status write_example(JsonWriter& json, const Shape& shape, const ShapeTypes& types,
                     const ExampleValues& instead) {
  return Examples(json, types, instead).write(shape, "");
}

}  // namespace dundun
