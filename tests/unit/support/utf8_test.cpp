#include "support/utf8.h"

#include <doctest/doctest.h>

using namespace modelc::support;

TEST_CASE("utf8: every code point is written and read back; surrogates are not well formed") {
  for (std::uint32_t code = 0; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 61) {
    std::string text;
    append_utf8(text, code);
    const std::size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    REQUIRE(text.size() == length);
    REQUIRE(utf8_length(text, 0) == (surrogate ? 0 : length));
    REQUIRE(find_bad_utf8(text) == (surrogate ? 0 : std::string_view::npos));
  }
}

TEST_CASE("utf8: what is cut, overlong or out of range is refused where it begins") {
  for (const std::string bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE0\x9F\xBF", "\xE2\x82", "\xED\xA0\x80",
                                "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3("}) {
    CAPTURE(bad);
    CHECK(utf8_length(bad, 0) == 0);
    CHECK(find_bad_utf8("é" + bad) == 2);
  }
  CHECK(utf8_length("", 0) == 0);
  CHECK(find_bad_utf8("aé€😀") == std::string_view::npos);
}

TEST_CASE("utf8: characters are not cut") {
  const std::string_view text = "aé€😀b";
  CHECK(utf8_begin(text, 2) == 1);
  CHECK(utf8_end(text, 2) == 3);
  CHECK(utf8_begin(text, 3) == 3);
  CHECK(utf8_begin(text, text.size()) == text.size());
  CHECK(utf8_end(text, 8) == 10);
  CHECK(utf8_count(text) == 5);
  CHECK(utf8_count("\xFF\xC3(") == 3);
  CHECK(shortened("aé€", 6) == "aé€");
  CHECK(shortened("aé€x", 6) == "aé€…");
  CHECK(shortened("aé€x", 5) == "aé…");
}
