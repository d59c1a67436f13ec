#include "weights/near_miss.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "support/dotted_path.h"

namespace modelc::weights {
namespace {

using formats::TensorEntry;
using ir::WeightSource;
using support::joined_path;

/// `except: ["fc"]` in a description, `--except fc` on the command line.
std::string said(const WeightSource& source, std::string_view key, const std::string& name) {
  return !source.of_command ? fmt::format("`{}: [\"{}\"]`", key, name) : fmt::format("`--{} {}`", key, name);
}

std::string said_rename(const WeightSource& source, const std::string& from, const std::string& to) {
  return !source.of_command ? fmt::format("`rename: {{\"{}\": \"{}\"}}`", from, to)
                            : fmt::format("`--rename '{}={}'`", from, to);
}

/// A module path that covers the names, for a suggestion: their common levels, or the first one's module.
std::string common_module(const std::vector<std::string>& names) {
  std::string common = names.front();
  for (const std::string& name : names) {
    std::size_t i = 0;
    while (i < common.size() && i < name.size() && common[i] == name[i]) ++i;
    if (i < common.size() || (i < name.size() && name[i] != '.')) {
      const std::size_t dot = common.rfind('.', i == common.size() ? std::string::npos : i);
      common = dot == std::string::npos ? "" : common.substr(0, dot);
    }
  }
  return common.empty() ? names.front().substr(0, names.front().find('.')) : common;
}

/// The sizes of the first dimension, where that alone differs and in all of them alike.
std::optional<std::pair<std::int64_t, std::int64_t>> other_count(const std::vector<Misfit>& misfits) {
  std::set<std::pair<std::int64_t, std::int64_t>> counts;
  for (const Misfit& misfit : misfits) {
    const auto &file = misfit.file_shape, &model = misfit.model_shape;
    if (file.empty() || file.size() != model.size() || !std::equal(file.begin() + 1, file.end(), model.begin() + 1))
      return std::nullopt;
    counts.emplace(file[0], model[0]);
  }
  return counts.size() == 1 ? std::optional(*counts.begin()) : std::nullopt;
}

bool is_transposed(const Misfit& misfit) {
  return misfit.file_shape.size() > 1 && std::equal(misfit.file_shape.begin(), misfit.file_shape.end(),
                                                    misfit.model_shape.rbegin(), misfit.model_shape.rend());
}

}  // namespace

std::string renamed(const std::vector<std::pair<std::string, std::string>>& rename, const std::string& name) {
  for (const auto& [from, to] : rename)
    if (name.starts_with(from)) return to + name.substr(from.size());
  return name;
}

std::string prefix_cure(const WeightSource& source, const formats::WeightFile& file,
                        const std::vector<std::string>& model) {
  if (!source.rename.empty() || file.tensors.empty()) return "";
  const std::set<std::string, std::less<>> keys(model.begin(), model.end());
  std::map<std::pair<std::string, std::string>, std::size_t> votes;
  std::size_t plain = 0;
  for (const TensorEntry& entry : file.tensors) {
    plain += keys.contains(joined_path(source.prefix, entry.name));
    for (std::size_t dot = entry.name.find('.'); dot != std::string::npos; dot = entry.name.find('.', dot + 1))
      if (keys.contains(joined_path(source.prefix, entry.name.substr(dot + 1))))
        ++votes[{entry.name.substr(0, dot + 1), ""}];
    const std::string tail = "." + entry.name;
    for (const std::string& key : model)
      if (votes.size() < 64 && key.ends_with(tail)) ++votes[{"", key.substr(0, key.size() - entry.name.size())}];
  }
  const auto best =
      std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (best == votes.end() || best->second <= plain || best->second * 2 < file.tensors.size()) return "";
  return fmt::format("{} of {} names match as they are, {} with {}", plain, file.tensors.size(), best->second,
                     said_rename(source, best->first.first, best->first.second));
}

std::string cure_of_missing(const WeightSource& source, const std::vector<std::string>& names,
                            const std::string& hint) {
  if (!hint.empty()) return hint;
  return fmt::format("say what starts from its initial value, {}, or map names with `{}rename`",
                     said(source, "new", common_module(names)), source.of_command ? "--" : "");
}

std::string cure_of_unexpected(const WeightSource& source, const std::vector<std::string>& names,
                               const std::string& hint) {
  if (!hint.empty()) return hint;
  return fmt::format("leave them out with {}, or map names with `{}rename`",
                     said(source, "except", common_module(names)), source.of_command ? "--" : "");
}

std::string cure_of_shapes(const WeightSource& source, const std::vector<Misfit>& misfits) {
  std::vector<std::string> in_file, in_model;
  for (const Misfit& misfit : misfits) in_file.push_back(misfit.file_name), in_model.push_back(misfit.model_name);
  const std::string leave_out = said(source, "except", common_module(in_file));
  const std::string start_anew = said(source, "new", common_module(in_model));
  if (std::all_of(misfits.begin(), misfits.end(), is_transposed))
    return fmt::format("transposed: save {} as `.t()`, or leave {} out with {} and say {}",
                       misfits.size() == 1 ? "it" : "them", misfits.size() == 1 ? "it" : "them", leave_out, start_anew);
  if (const auto counts = other_count(misfits))
    return fmt::format("the file is for {} classes or features, the model has {}: {} and {} keep the model's own",
                       counts->first, counts->second, leave_out, start_anew);
  return fmt::format("keep what the file has out with {} and say {} for the model's", leave_out, start_anew);
}

}  // namespace modelc::weights
