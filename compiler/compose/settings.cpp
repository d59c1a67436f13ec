#include "compose/settings.h"

#include <algorithm>
#include <cctype>

#include "catalogue/keys.h"
#include "support/words.h"
#include "types/device.h"

namespace modelc::compose {
namespace {

using ast::Setting;
using ast::SettingPtr;
using catalogue::KeyId;

std::string name_of(KeyId id) { return std::string(catalogue::key(id).name); }

bool is_text(const SettingPtr& setting) { return setting && setting->kind == Setting::Scalar && setting->scalar; }

/// The entries of a list or mapping; `for` and `if` are decided before, or there is nothing to decide them by. False
/// where `take` refuses one.
template <class Take>
bool each_entry(const Setting& setting, const Take& take) {
  bool ok = true;
  for (const auto& item : setting.items)
    if (item.kind == ast::ItemKind::Entry && item.value) ok &= take(item);
  return ok;
}

bool allow_one(const SettingPtr& setting, diagnostics::Sink& sink) {
  if (!is_text(setting)) {
    sink.report(setting->span, diag::SettingKind, name_of(KeyId::Document_allow), "a code or a list of codes");
    return false;
  }
  const std::string& given = setting->scalar->text;
  std::string code = given;
  for (char& c : code) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::vector<std::string> lints;
  bool is_error = false;
  for (const diagnostics::Row& row : diagnostics::all_rows()) {
    if (row.severity == diagnostics::Severity::Error) {
      is_error = is_error || row.code == code;
      continue;
    }
    if (row.code == code) return sink.allow(row.code), true;
    lints.emplace_back(row.code);
  }
  auto report =
      sink.report(setting->span, diag::SettingValue, name_of(KeyId::Document_allow), given, "the code of a lint");
  if (is_error) report.help("`" + code + "` is an error, and an error is not silenced");
  const bool near = report.did_you_mean(code, lints);
  if (!is_error && !near) report.help("a lint is a warning of `check`, `M4026`");
  return false;
}

}  // namespace

bool is_null(const ast::ExprPtr& value) {
  if (!value) return false;
  if (value->kind == ast::ExprKind::Raw)
    return !value->quoted && (support::is_null_word(value->text) || value->text.empty());
  return value->kind == ast::ExprKind::Null;
}

bool is_given(const SettingPtr& setting) {
  return setting && setting->kind != Setting::Null && !is_null(setting->scalar);
}

namespace {

/// The key that a path sets; the numbers of list items, `train.phases.0.steps`, are passed over.
const catalogue::Key* key_set_by(const std::string& path) {
  if (const catalogue::Key* key = catalogue::key_at(path)) return key;
  std::string place, name;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    begin = end + 1;
    if (!part.empty() && part.find_first_not_of("0123456789") == std::string::npos) continue;
    if (!name.empty()) place += (place.empty() ? "" : ".") + name;
    name = part;
  }
  for (const catalogue::PlaceInfo& info : catalogue::places())
    if (info.path == place) return catalogue::find_key(info.place, name);
  return nullptr;
}

}  // namespace

void take_away_rival(Setting& section, const std::string& path) {
  const catalogue::Key* key = key_set_by(path);
  const catalogue::Key* rival = key ? catalogue::rival_of(*key) : nullptr;
  if (!rival) return;
  std::erase_if(section.items,
                [&](const auto& item) { return item.kind == ast::ItemKind::Entry && item.name.text == rival->name; });
}

Placement read_placement(const SettingPtr& given, diagnostics::Sink& sink) {
  Placement placement;
  if (!is_given(given)) return placement;
  const auto word = [&](const SettingPtr& setting) -> bool {
    if (!is_text(setting)) {
      sink.report(setting->span, diag::SettingKind, name_of(KeyId::Document_device), "a device, or `path: device`");
      return false;
    }
    const std::string& text = setting->scalar->text;
    if (!types::is_device(text)) {
      sink.report(setting->span, diag::SettingValue, name_of(KeyId::Document_device), text, types::kDeviceWords)
          .did_you_mean(text, {"cpu", "cuda"}, setting->span);
      return false;
    }
    if (!placement.device.empty() && placement.device != text) {
      sink.report(setting->span, diag::NotSupportedYet, "a model on several devices")
          .note(placement.span, "`" + placement.device + "` is here");
      return false;
    }
    if (placement.device.empty()) placement.span = setting->span;
    placement.device = text;
    return true;
  };
  if (given->kind != Setting::Mapping) {
    placement.ok = word(given);
    return placement;
  }
  placement.ok = each_entry(*given, [&](const auto& item) {
    placement.paths.push_back({item.name.text, item.name.span});
    return word(item.value);
  });
  return placement;
}

Precisions read_precisions(const SettingPtr& given, diagnostics::Sink& sink) {
  Precisions precisions;
  if (!is_given(given)) return precisions;
  const std::string key = name_of(KeyId::Document_dtype);
  const auto add = [&](const std::string& pattern, support::Span span, const SettingPtr& setting) {
    const auto dtype = is_text(setting) ? types::parse_dtype(setting->scalar->text) : std::nullopt;
    const bool floating = dtype && types::is_floating(*dtype);
    if (floating) precisions.all.push_back({pattern, *dtype, span});
    else if (!is_text(setting)) sink.report(setting->span, diag::SettingKind, key, "a dtype, or `path: dtype`");
    else
      sink.report(setting->span, diag::SettingValue, key, setting->scalar->text,
                  "`float32`, `float64`, `float16` or `bfloat16`");
    return floating;
  };
  if (given->kind != Setting::Mapping) {
    precisions.ok = add("**", given->span, given);
    return precisions;
  }
  precisions.ok = each_entry(*given, [&](const auto& item) { return add(item.name.text, item.name.span, item.value); });
  return precisions;
}

bool apply_allow(const SettingPtr& given, diagnostics::Sink& sink) {
  if (!is_given(given)) return true;
  if (given->kind != Setting::List) return allow_one(given, sink);
  return each_entry(*given, [&](const auto& item) { return allow_one(item.value, sink); });
}

}  // namespace modelc::compose
