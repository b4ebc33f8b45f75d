// POST /carrier/{carrier}/opt-out: a person has told the carrier that a sender shall write no more.
// It counts for every account that has written to this number by this carrier as this sender.
#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/io/pg.h"
#include "common/sms/msisdn.h"
#include "handlers/carrier/callback.h"
#include "handlers/carrier/described_call.h"
#include "handlers/carrier/endpoints.h"
#include "sql/opt_outs.h"

namespace dundun {
namespace {

constexpr size_t kSenderBytesMax = 40;
constexpr size_t kPhoneBytesMax = 40;

struct CarrierOptOut {
  std::string carrier, phone, sender;
};

Result<CarrierOptOut> opt_out_of(std::string carrier, const CallbackFields& fields) {
  CarrierOptOut wish{std::move(carrier), {}, {}};
  wish.sender = TRY(fields.required("sender", kSenderBytesMax));
  const std::string written = TRY(fields.required("phone", kPhoneBytesMax));
  const auto number = Msisdn::parse(written.starts_with('+') ? written : "+" + written);
  if (!number) return bad_field("phone", "is no number.");
  wish.phone = number->e164();
  return wish;
}

// By the carrier's description, or under our own names.
Result<CarrierOptOut> read_opt_out(const Context& context) {
  const std::optional<DescribedCall> described = TRY(described_call(context));
  if (!described || !described->description.opt_out) {
    std::string carrier = TRY(calling_carrier(context));
    const CallbackFields fields = TRY(CallbackFields::parse(context.request));
    return opt_out_of(std::move(carrier), fields);
  }
  const OptOutMapping& mapping = *described->description.opt_out;
  const CallbackFields fields =
      CallbackFields::of({{"phone", described->document.find(mapping.number).value_or("")},
                          {"sender", described->document.find(mapping.sender).value_or("")}});
  return opt_out_of(described->carrier, fields);
}

}  // namespace

Result<Response> take_opt_out(Context& context) {
  const CarrierOptOut wish = TRY(read_opt_out(context));
  const PgRows added = TRY(
      context.services.pg.query(sql::opt_outs_by_carrier, wish.carrier, wish.phone, wish.sender));
  const int64_t accounts = added.i64(0, sql::opt_outs_by_carrier.writers),
                new_ones = added.i64(0, sql::opt_outs_by_carrier.added);
  counter("dundun_opt_outs_by_carrier_total").add(static_cast<uint64_t>(new_ones));
  if (accounts > 0) {
    return callback_answer(context.request, new_ones > 0 ? "accepted" : "duplicate", "");
  }
  // Somebody's wish, and no account of ours to keep it: a matter for the operator.
  const std::string masked = mask_msisdn(wish.phone);
  log(LogLevel::kWarning, "opt_out_of_nobody",
      {{"carrier", std::string_view(wish.carrier)}, {"phone", std::string_view(masked)}});
  return callback_answer(context.request, "unrouted", "");
}

}  // namespace dundun
