#include "common/sms/contact_columns.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>

#include "common/base/text.h"
#include "common/sms/characters.h"
#include "common/sms/encoding.h"

namespace dundun {
namespace {

constexpr size_t kNamedMax = 12;
constexpr size_t kNamedCharactersMax = 40;

// Compared by header_key: "phone number" is phone_number and PhoneNumber too. English, French,
// Portuguese, Spanish, Swahili, Arabic; the exports of Google and Outlook.
constexpr std::string_view kPhoneHeaders[] = {"phone",
                                              "phone number",
                                              "mobile",
                                              "msisdn",
                                              "to",
                                              "number",
                                              "mobile number",
                                              "mobile phone",
                                              "mobile phone number",
                                              "phone mobile",
                                              "mobile no",
                                              "phone no",
                                              "phone num",
                                              "cell",
                                              "cell phone",
                                              "cell number",
                                              "cell phone number",
                                              "cellphone number",
                                              "cellular",
                                              "gsm",
                                              "gsm number",
                                              "telephone",
                                              "telephone number",
                                              "telephone no",
                                              "tel",
                                              "tel no",
                                              "tel number",
                                              "contact number",
                                              "contact no",
                                              "contact phone",
                                              "customer phone",
                                              "phone 1 - value",
                                              "phone 1",
                                              "phone value",
                                              "primary phone",
                                              "whatsapp",
                                              "whatsapp number",
                                              "sms",
                                              "sms number",
                                              "recipient",
                                              "recipient number",
                                              "destination",
                                              "e164",
                                              "phone e164",
                                              "numéro de téléphone",
                                              "numéro téléphone",
                                              "numéro",
                                              "numéro de portable",
                                              "numéro portable",
                                              "numéro mobile",
                                              "téléphone portable",
                                              "téléphone mobile",
                                              "téléphone 1",
                                              "portable",
                                              "n° de téléphone",
                                              "n° téléphone",
                                              "n° tel",
                                              "no de téléphone",
                                              "num tel",
                                              "num téléphone",
                                              "telefone",
                                              "número de telefone",
                                              "telemóvel",
                                              "número de telemóvel",
                                              "celular",
                                              "número de celular",
                                              "telefone celular",
                                              "telefone móvel",
                                              "n° de telefone",
                                              "número",
                                              "teléfono",
                                              "número de teléfono",
                                              "móvil",
                                              "teléfono móvil",
                                              "simu",
                                              "nambari ya simu",
                                              "namba ya simu",
                                              "nambari",
                                              "namba",
                                              "simu ya mkononi",
                                              "nambari simu",
                                              "رقم الهاتف",
                                              "الهاتف",
                                              "هاتف",
                                              "رقم هاتف",
                                              "رقم الهاتف المحمول",
                                              "رقم الهاتف الجوال",
                                              "الهاتف المحمول",
                                              "الهاتف الجوال",
                                              "رقم الجوال",
                                              "الجوال",
                                              "جوال",
                                              "رقم جوال",
                                              "رقم الموبايل",
                                              "الموبايل",
                                              "موبايل",
                                              "رقم المحمول",
                                              "المحمول",
                                              "رقم التليفون",
                                              "التليفون",
                                              "تليفون",
                                              "رقم التلفون",
                                              "التلفون",
                                              "تلفون",
                                              "الرقم",
                                              "رقم"};

constexpr std::string_view kNameHeaders[] = {
    "name",          "first name",   "full name",     "given name", "contact name",
    "customer name", "display name", "prénom",        "nom",        "nom complet",
    "primeiro nome", "nome",         "nome completo", "nombre",     "jina la kwanza",
    "jina",          "jina kamili",  "الاسم الأول",   "الاسم",      "اسم",
    "الاسم الكامل"};

// Headers of one key are told apart by their exact words.
std::optional<size_t> place_of(std::span<const std::string> headers, std::string_view wanted) {
  const auto exact = std::ranges::find(headers, wanted);
  if (exact != headers.end()) return static_cast<size_t>(exact - headers.begin());
  const std::string key = header_key(wanted);
  for (size_t i = 0; !key.empty() && i < headers.size(); ++i) {
    if (header_key(headers[i]) == key) return i;
  }
  return std::nullopt;
}

std::optional<size_t> first_of(const std::vector<std::string>& keys,
                               std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    const auto found = std::ranges::find(keys, header_key(name));
    if (found != keys.end()) return static_cast<size_t>(found - keys.begin());
  }
  return std::nullopt;
}

ContactColumns with_others(size_t columns, std::optional<size_t> phone,
                           std::optional<size_t> name) {
  ContactColumns found{phone, name, {}};
  for (size_t i = 0; i < columns; ++i) {
    if (i != found.phone && i != found.name) found.others.push_back(i);
  }
  return found;
}

std::optional<size_t> first_in_any_case(std::span<const std::string> headers,
                                        std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    for (size_t i = 0; i < headers.size(); ++i) {
      if (equal_ignoring_case(headers[i], name)) return i;
    }
  }
  return std::nullopt;
}

// By the names that were known before lists kept their columns.
ContactColumns earlier_columns(std::span<const std::string> headers) {
  return with_others(
      headers.size(),
      first_in_any_case(headers, {"phone", "phone_number", "mobile", "msisdn", "to", "number"}),
      first_in_any_case(headers, {"name", "first_name"}));
}

std::string shortened(std::string_view header) {
  size_t at = 0;
  for (size_t n = 0; n < kNamedCharactersMax && at < header.size(); ++n) {
    if (!next_code_point(header, at)) break;
  }
  return std::string(header.substr(0, at)) + (at < header.size() ? "…" : "");
}

}  // namespace

ContactColumns find_contact_columns(std::span<const std::string> headers,
                                    std::string_view phone_header) {
  std::vector<std::string> keys;
  for (const std::string& header : headers) keys.push_back(header_key(header));
  const std::optional<size_t> phone =
      phone_header.empty() ? first_of(keys, kPhoneHeaders) : place_of(headers, phone_header);
  // One column is not both.
  if (phone) keys[*phone].clear();
  return with_others(headers.size(), phone, first_of(keys, kNameHeaders));
}

ListHeaders list_headers(std::span<const std::string> headers, std::optional<int16_t> phone,
                         std::optional<int16_t> name) {
  const auto place = [](std::optional<int16_t> at) {
    return at ? std::optional(static_cast<size_t>(*at)) : std::nullopt;
  };
  const ContactColumns columns =
      phone ? with_others(headers.size(), place(phone), place(name)) : earlier_columns(headers);
  ListHeaders found;
  if (columns.phone && *columns.phone < headers.size()) found.phone = headers[*columns.phone];
  if (columns.name && *columns.name < headers.size()) found.name = headers[*columns.name];
  for (const size_t column : columns.others) found.data.push_back(headers[column]);
  return found;
}

std::string named_columns(std::span<const std::string> headers) {
  std::string names;
  const size_t named = std::min(headers.size(), kNamedMax);
  for (size_t i = 0; i < named; ++i) {
    names.append(i > 0 ? ", '" : "'").append(shortened(headers[i])).append("'");
  }
  if (headers.size() > named) names += " and " + std::to_string(headers.size() - named) + " more";
  return names;
}

}  // namespace dundun
