#include "support/json.h"

#include <cstdint>

namespace modelc::support {
namespace {

/// Length of the UTF-8 sequence at `i`; 0 where there is none.
std::size_t sequence_length(std::string_view s, std::size_t i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(s[k]); };
  const unsigned char lead = byte(i);
  std::size_t length = 0;
  std::uint32_t code = 0;
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) length = 2, code = lead & 0x1Fu;
  else if (lead >= 0xE0 && lead < 0xF0) length = 3, code = lead & 0x0Fu;
  else if (lead >= 0xF0 && lead < 0xF5) length = 4, code = lead & 0x07u;
  else return 0;
  if (i + length > s.size()) return 0;
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(i + k) & 0xC0) != 0x80) return 0;
    code = (code << 6) | (byte(i + k) & 0x3Fu);
  }
  if (length == 3 && (code < 0x800 || (code >= 0xD800 && code < 0xE000))) return 0;
  if (length == 4 && (code < 0x10000 || code > 0x10FFFF)) return 0;
  return length;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6)), put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12)), put(0x80 | ((code >> 6) & 0x3F)), put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18)), put(0x80 | ((code >> 12) & 0x3F)), put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<Json> document() {
    Json value;
    if (!read(value, 0)) return std::nullopt;
    skip();
    if (at_ != text_.size()) return std::nullopt;
    return value;
  }

 private:
  static constexpr int kDepth = 64;

  void skip() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view w) {
    if (text_.substr(at_, w.size()) != w) return false;
    at_ += w.size();
    return true;
  }

  bool read(Json& out, int depth) {
    if (depth > kDepth) return false;
    skip();
    if (at_ >= text_.size()) return false;
    const std::size_t begin = at_;
    const char c = text_[at_];
    if (c == '"') {
      out.kind = Json::String;
      return string(out.text);
    }
    if (c == '[') return array(out, depth);
    if (c == '{') return object(out, depth);
    if (word("null")) return true;
    if (word("true") || word("false")) {
      out.kind = Json::Bool;
    } else {
      while (at_ < text_.size() && std::string_view("+-.0123456789eE").find(text_[at_]) != std::string_view::npos)
        ++at_;
      if (at_ == begin) return false;
      out.kind = Json::Number;
    }
    out.text = text_.substr(begin, at_ - begin);
    return true;
  }

  bool array(Json& out, int depth) {
    out.kind = Json::Array;
    ++at_;
    if (take(']')) return true;
    do {
      if (!read(out.items.emplace_back(), depth + 1)) return false;
    } while (take(','));
    return take(']');
  }

  bool object(Json& out, int depth) {
    out.kind = Json::Object;
    ++at_;
    if (take('}')) return true;
    do {
      skip();
      auto& [name, value] = out.members.emplace_back();
      if (at_ >= text_.size() || text_[at_] != '"' || !string(name) || !take(':') || !read(value, depth + 1))
        return false;
    } while (take(','));
    return take('}');
  }

  bool hex(std::uint32_t& code) {
    if (at_ + 4 > text_.size()) return false;
    code = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = text_[at_++];
      const bool digit = c >= '0' && c <= '9', low = c >= 'a' && c <= 'f', high = c >= 'A' && c <= 'F';
      if (!digit && !low && !high) return false;
      code = code * 16 + static_cast<std::uint32_t>(digit ? c - '0' : low ? c - 'a' + 10 : c - 'A' + 10);
    }
    return true;
  }

  bool string(std::string& out) {
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') return ++at_, true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        out += c;
        continue;
      }
      if (++at_ >= text_.size()) return false;
      const std::size_t known = std::string_view("\"\\/bfnrt").find(text_[at_]);
      if (known != std::string_view::npos) {
        out += "\"\\/\b\f\n\r\t"[known];
        continue;
      }
      std::uint32_t code = 0;
      if (text_[at_] != 'u' || (++at_, !hex(code))) return false;
      if (code >= 0xD800 && code < 0xDC00) {
        std::uint32_t low = 0;
        if (!word("\\u") || !hex(low) || low < 0xDC00 || low > 0xDFFF) return false;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      } else if (code >= 0xDC00 && code < 0xE000) {
        return false;
      }
      append_utf8(out, code);
      --at_;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string json_quote(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = sequence_length(text, i);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      ++i;
    } else if (length > 1) {
      out += text.substr(i, length);
      i += length;
    } else {
      const std::size_t known = std::string_view("\"\\\b\f\n\r\t").find(text[i]);
      if (known != std::string_view::npos) {
        out += '\\';
        out += "\"\\bfnrt"[known];
      } else if (byte < 0x20 || byte == 0x7F) {
        out += "\\u00";
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
      } else {
        out += text[i];
      }
      ++i;
    }
  }
  return out += '"';
}

const Json* Json::find(std::string_view name) const {
  for (const auto& [key, value] : members) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::optional<Json> parse_json(std::string_view text) { return Reader(text).document(); }

}  // namespace modelc::support
