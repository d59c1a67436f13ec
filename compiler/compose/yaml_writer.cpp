#include "compose/yaml_writer.h"

#include <fmt/format.h>

namespace modelc::compose {
namespace {

/// Whether YAML takes a text in a block as it stands, and as text.
bool is_plain(const std::string& text) {
  if (text.empty() || text.find_first_of("\n\r\t") != std::string::npos) return false;
  for (const unsigned char c : text)
    if (c < 0x20 || c == 0x7F) return false;
  if (std::string_view("!&*-?:,[]{}#|>@`\"'%=~ ").find(text[0]) != std::string_view::npos) return false;
  return text.back() != ' ' && text.back() != ':' && text.find(": ") == std::string::npos &&
         text.find(" #") == std::string::npos;
}

/// A number below 0 is plain too.
bool is_negative(const std::string& text) {
  return text.size() > 1 && text[0] == '-' && text[1] >= '0' && text[1] <= '9' && is_plain(text.substr(1));
}

std::string scalar_text(const std::string& text, bool quoted) {
  if (!quoted && (is_plain(text) || is_negative(text))) return text;
  bool single = true;
  for (const unsigned char c : text) single = single && c >= 0x20 && c != 0x7F;
  std::string out;
  if (single) {
    for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
    return "'" + out + "'";
  }
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else out += c;
  }
  return "\"" + out + "\"";
}

/// Behind a `key:` or a `-`, with the line break.
void write(const Yaml& yaml, int depth, bool in_list, std::string& out) {
  const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
  if (yaml.kind == Yaml::Scalar) {
    out += " " + scalar_text(yaml.text, yaml.quoted) + "\n";
  } else if (yaml.empty()) {
    out += yaml.kind == Yaml::List ? " []\n" : " {}\n";
  } else {
    // In a list the first key stands beside the dash.
    bool beside = in_list && yaml.kind == Yaml::Mapping;
    out += beside ? " " : "\n";
    for (const auto& [key, value] : yaml.entries) {
      out += (beside ? "" : indent) + scalar_text(key, false) + ":";
      beside = false;
      write(value, depth + 1, false, out);
    }
    for (const Yaml& item : yaml.items) {
      out += indent + "-";
      write(item, depth + 1, true, out);
    }
  }
}

}  // namespace

Yaml Yaml::scalar(std::string text, bool quoted) {
  Yaml out;
  out.text = std::move(text);
  out.quoted = quoted;
  return out;
}

Yaml Yaml::list(std::vector<Yaml> items) {
  Yaml out;
  out.kind = List;
  out.items = std::move(items);
  return out;
}

Yaml Yaml::mapping(std::vector<std::pair<std::string, Yaml>> entries) {
  Yaml out;
  out.kind = Mapping;
  out.entries = std::move(entries);
  return out;
}

std::string yaml_text(const Yaml& document) {
  std::string out;
  for (const auto& [key, value] : document.entries) {
    out += scalar_text(key, false) + ":";
    write(value, 1, false, out);
  }
  return out;
}

}  // namespace modelc::compose
