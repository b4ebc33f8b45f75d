#include "common/sms/charset.h"

#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

#include "common/base/text.h"

namespace dundun {
namespace {

constexpr std::pair<std::string_view, const char*> kCharsets[] = {{"utf-8", "UTF-8"},
                                                                  {"utf8", "UTF-8"},
                                                                  {"iso-8859-1", "ISO-8859-1"},
                                                                  {"latin1", "ISO-8859-1"},
                                                                  {"windows-1252", "windows-1252"},
                                                                  {"utf-16be", "UTF-16BE"},
                                                                  {"ucs-2", "UTF-16BE"}};

const char* charset_of(std::string_view name) {
  std::string small(name);
  std::ranges::transform(small, small.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const auto& [known, converter] : kCharsets) {
    if (small == known) return converter;
  }
  return nullptr;
}

Error bad_text(std::string_view charset) {
  return fail(ErrorCode::kInvalidRequest, "text is not valid " + std::string(charset) + ".");
}

// Letters, marks and line breaks of Latin-1, and nothing else.
bool is_latin1_text(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](unsigned char c) {
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0x7f) || c >= 0xa0;
  });
}

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string hex;
  for (const unsigned char c : bytes) {
    hex += kDigits[c >> 4];
    hex += kDigits[c & 0xf];
  }
  return hex;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int letter = std::tolower(static_cast<unsigned char>(c));
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

}  // namespace

Result<std::string> to_utf8(std::string_view bytes, std::string_view charset) {
  const char* const name = charset_of(charset);
  if (name == nullptr) {
    return fail(ErrorCode::kInvalidRequest,
                "charset is none of utf-8, iso-8859-1, windows-1252, utf-16be, ucs-2.");
  }
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(ucnv_open(name, &error),
                                                                     &ucnv_close);
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
  if (U_FAILURE(error) != 0) return bad_text(charset);
  const icu::UnicodeString text(bytes.data(), static_cast<int32_t>(bytes.size()), converter.get(),
                                error);
  if (U_FAILURE(error) != 0 || text.indexOf(u'\0') >= 0) return bad_text(charset);
  std::string out;
  text.toUTF8String(out);
  return out;
}

Result<std::string> to_utf8_as_far(std::string_view bytes, std::string_view charset) {
  if (equal_ignoring_case(charset, "8-bit")) {
    if (!is_latin1_text(bytes)) return hex_of(bytes);
    return to_utf8(bytes, "iso-8859-1");
  }
  Result<std::string> whole = to_utf8(bytes, charset);
  const char* const name = charset_of(charset);
  if (whole || name == nullptr) return whole;
  TextDecoder decoder = TRY(TextDecoder::create(name));
  std::string text;
  for (const char c : decoder.decode(bytes, true)) {
    if (c == '\0') {
      text += "\xef\xbf\xbd";  // U+FFFD
    } else {
      text += c;
    }
  }
  return text;
}

Result<TextDecoder> TextDecoder::create(const std::string& charset) {
  constexpr size_t kNameBytesMax = 40;
  UErrorCode error = U_ZERO_ERROR;
  UConverter* const converter = charset.empty() || charset.size() > kNameBytesMax
                                    ? nullptr
                                    : ucnv_open(charset.c_str(), &error);
  if (converter == nullptr) {
    return fail(
        ErrorCode::kInvalidRequest,
        "charset is no character set, such as utf-8, utf-16le, windows-1252, windows-1256.");
  }
  return TextDecoder(converter);
}

TextDecoder::~TextDecoder() {
  if (converter_ != nullptr) ucnv_close(static_cast<UConverter*>(converter_));
}

std::string TextDecoder::decode(std::string_view bytes, bool is_last) {
  icu::UnicodeString text;
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  std::array<char16_t, 4096> piece{};
  for (UErrorCode error = U_BUFFER_OVERFLOW_ERROR; error == U_BUFFER_OVERFLOW_ERROR;) {
    error = U_ZERO_ERROR;
    char16_t* out = piece.data();
    ucnv_toUnicode(static_cast<UConverter*>(converter_), &out, piece.data() + piece.size(), &at,
                   end, nullptr, is_last, &error);
    text.append(piece.data(), static_cast<int32_t>(out - piece.data()));
  }
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

Result<std::string> from_hex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    const int high = digit_of(hex[i]);
    const int low = digit_of(hex[i + 1]);
    if (high < 0 || low < 0) break;
    bytes += static_cast<char>(high * 16 + low);
  }
  if (bytes.size() * 2 == hex.size()) return bytes;
  return fail(ErrorCode::kInvalidRequest, "text_hex is not pairs of hexadecimal digits.");
}

}  // namespace dundun
