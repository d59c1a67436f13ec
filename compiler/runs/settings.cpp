#include "runs/settings.h"

#include <algorithm>

#include "ast/print.h"

namespace modelc::runs {
namespace {

std::string below(const std::string& path, const std::string& name) { return path.empty() ? name : path + "." + name; }

class Collector {
 public:
  void add(const std::string& path, const std::string& text) { out.emplace_back(path, text); }

  void add(const std::string& path, const ast::SettingPtr& setting) {
    if (!setting) return;
    if (setting->kind == ast::Setting::Scalar) return add(path, ast::text_of(setting->scalar));
    std::size_t index = 0;
    for (const auto& item : setting->items) {
      const std::string name = item.name.empty() ? std::to_string(index) : item.name.text;
      ++index;
      if (item.kind == ast::ItemKind::Entry) add(below(path, name), item.value);
    }
  }

  void add(const std::string& path, const ast::Block<ast::Binding>& bindings) {
    for (const auto& item : bindings) {
      if (item.kind != ast::ItemKind::Entry) continue;
      const ast::Binding& binding = item.value;
      std::string name = item.name.text;
      for (std::size_t i = 0; name.empty() && i < binding.targets.size(); ++i)
        name += (i > 0 ? "," : "") + binding.targets[i].text;
      const std::string own = name.empty() ? path : below(path, name);
      if (binding.value) add(own, ast::text_of(binding.value));
      else add(own, binding.nested);
    }
  }

  void add_params(const ast::Block<ast::Declaration>& params) {
    for (const auto& item : params)
      if (item.kind == ast::ItemKind::Entry) add(item.name.text, ast::text_of(item.value.declared.value));
  }

  Settings out;
};

const std::string* find(const Settings& settings, const std::string& path) {
  const auto found = std::find_if(settings.begin(), settings.end(), [&](const auto& one) { return one.first == path; });
  return found == settings.end() ? nullptr : &found->second;
}

}  // namespace

Settings settings_of(const ast::Description& description) {
  Collector all;
  all.add_params(description.params);
  all.add("device", description.running.device);
  all.add("dtype", description.running.dtype);
  all.add("data", description.data);
  all.add("data.feed", description.feed.entries);
  all.add("loss", description.loss.entries);
  all.add("metrics", description.metrics.entries);
  all.add("train", description.train);
  all.add("predict", description.predict);
  return std::move(all.out);
}

std::vector<Difference> differences(const std::vector<Settings>& all) {
  std::vector<Difference> out;
  std::vector<std::string> seen;
  for (const Settings& settings : all)
    for (const auto& [path, text] : settings) {
      if (std::find(seen.begin(), seen.end(), path) != seen.end()) continue;
      seen.push_back(path);
      Difference row{path, {}};
      for (const Settings& one : all) {
        const std::string* there = find(one, path);
        row.texts.push_back(there ? *there : std::string());
      }
      const bool same =
          std::all_of(row.texts.begin(), row.texts.end(), [&](const auto& t) { return t == row.texts[0]; });
      if (!same) out.push_back(std::move(row));
    }
  return out;
}

}  // namespace modelc::runs
