#include "weights/unmatched.h"

#include <algorithm>
#include <set>

#include "support/dotted_path.h"
#include "support/glob.h"
#include "support/spelling.h"

namespace modelc::weights {
namespace {

/// The names and the modules that hold them: `a.b.weight` gives `a`, `a.b` and itself.
std::vector<std::string> with_modules(const std::vector<std::string>& names) {
  std::set<std::string> all(names.begin(), names.end());
  for (const std::string& name : names)
    for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
      all.insert(name.substr(0, dot));
  return {all.begin(), all.end()};
}

struct Unmatched {
  const ir::WeightSource& source;
  const std::vector<std::string>& names;  // of the file or of the model
  std::string where;                      // "`w.safetensors`", "the model"
  diagnostics::Sink& sink;

  void report(std::string_view key, std::string_view name) const {
    auto report = sink.report(source.span, diag::WeightsNameUnmatched, std::string(name), std::string(key), where);
    if (const auto near = support::nearest(std::string(name), with_modules(names)))
      report.help("did you mean `" + *near + "`?");
  }

  bool patterns(std::string_view key, const std::vector<std::string>& entries, const support::TypeOf& type_of) const {
    bool good = true;
    for (const std::string& entry : entries) {
      const std::string_view pattern = support::without_negation(entry);
      if (std::any_of(names.begin(), names.end(),
                      [&](const std::string& name) { return support::matches(pattern, name, type_of); }))
        continue;
      report(key, pattern);
      good = false;
    }
    return good;
  }
};

}  // namespace

bool check_names_of_file(const ir::WeightSource& source, const formats::WeightFile& file, diagnostics::Sink& sink) {
  std::vector<std::string> names;
  for (const formats::TensorEntry& entry : file.tensors) names.push_back(entry.name);
  const Unmatched unmatched{source, names, "`" + file.file + "`", sink};
  bool good = unmatched.patterns("only", source.only, {});
  good = unmatched.patterns("except", source.except, {}) && good;
  for (const auto& [from, to] : source.rename) {
    const auto starts = [&start = from](const std::string& name) { return name.starts_with(start); };
    if (std::any_of(names.begin(), names.end(), starts)) continue;
    unmatched.report("rename", from);
    good = false;
  }
  return good;
}

bool check_names_of_model(const ir::WeightSource& source, const ir::ModuleTree& tree, diagnostics::Sink& sink) {
  std::vector<std::string> names;
  for (const ir::Module& module : tree.modules) {
    if (!source.prefix.empty() && module.path != source.prefix && !module.path.starts_with(source.prefix + "."))
      continue;
    const std::string path =
        module.path.substr(std::min(module.path.size(), source.prefix.empty() ? 0 : source.prefix.size() + 1));
    // A module without tensors may be named as well: what stands there is new, and it has nothing.
    if (!path.empty()) names.push_back(path);
    for (const ir::Tensor& tensor : module.tensors) names.push_back(support::joined_path(path, tensor.name));
  }
  const support::TypeOf type_of = [&](std::string_view path) -> std::string {
    const ir::Module* module = tree.find(support::joined_path(source.prefix, path));
    return module ? module->type : "";
  };
  const Unmatched unmatched{source, names, "the model", sink};
  const bool good = unmatched.patterns("new", source.created, type_of);
  return unmatched.patterns("resize", source.resize, type_of) && good;
}

}  // namespace modelc::weights
