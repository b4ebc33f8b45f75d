// POST /payments/callback/{provider}: what a provider calls when a payment has ended.
#include "handlers/account/endpoints.h"
#include "handlers/account/settle.h"

namespace dundun {

Task<Response> payment_callback(Context& context) {
  const Request& request = context.request;
  const CallbackHeaders headers{request.payment_signature, request.verif_hash};
  Task<Response> settled = settle(context, request.parameters.at(0), headers, request.body);
  co_return co_await std::move(settled);
}

}  // namespace dundun
