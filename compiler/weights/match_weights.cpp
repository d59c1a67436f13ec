#include "weights/match_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "ir/resizing_words.h"
#include "support/counted.h"
#include "support/dotted_path.h"
#include "support/glob.h"
#include "weights/model_tensors.h"
#include "weights/near_miss.h"
#include "weights/tied.h"
#include "weights/unmatched.h"

namespace modelc::weights {
namespace {

using formats::TensorEntry;
using formats::WeightFile;
using ir::WeightSource;
using support::joined_path;

constexpr std::size_t kShown = 10;  // names listed in one diagnostic
constexpr const char* kReplaced = "something else was put there";

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) out += (i ? ", `" : "`") + names[i] + "`";
  if (names.size() > kShown) out += fmt::format(" and {} more", names.size() - kShown);
  return out;
}

std::vector<std::int64_t> sizes_of(const types::TensorType& type) {
  std::vector<std::int64_t> shape;
  for (const types::Dim& dim : type.shape) shape.push_back(dim.is_constant() ? dim.constant() : -1);
  return shape;
}

class Matcher {
 public:
  Matcher(const ir::Program& program, const std::vector<WeightSource>& sources, const std::vector<WeightFile>& files,
          const MatchOptions& options, diagnostics::Sink& sink)
      : program_(program),
        sources_(sources),
        files_(files),
        options_(options),
        sink_(sink),
        model_(model_tensors(program.tree)) {
    for (std::size_t i = 0; i < model_.size(); ++i) index_[model_[i].key] = i;
    type_of_ = [&tree = program.tree](std::string_view path) -> std::string {
      const ir::Module* module = tree.find(path);
      return module ? module->type : "";
    };
  }

  WeightMatch run() {
    chosen_.resize(model_.size());
    for (std::size_t s = 0; s < sources_.size(); ++s) {
      // What a misspelt name would let through is no second fault.
      const bool model_has_them = check_names_of_model(sources_[s], program_.tree, sink_);
      const bool file_has_them = check_names_of_file(sources_[s], files_[s], sink_);
      out_.ok = out_.ok && model_has_them && file_has_them;
    }
    if (!out_.ok) return std::move(out_);
    for (std::size_t s = 0; s < sources_.size(); ++s) match_source(s);
    judge_ties();
    judge_model();
    std::stable_sort(rest_.begin(), rest_.end(),
                     [](const WeightLine& a, const WeightLine& b) { return a.source < b.source; });
    out_.lines.insert(out_.lines.end(), rest_.begin(), rest_.end());
    if (!out_.ok) out_.copies.clear();
    return std::move(out_);
  }

 private:
  struct Choice {
    bool found = false;
    std::size_t source = 0, entry = 0;
    std::string why;  // set where the type differs
    WeightVerdict verdict = WeightVerdict::Loaded;
    std::optional<ir::Resizing> resize = std::nullopt;
  };

  /// The name of the model's tensor, which may have moved more than once since the file was written.
  std::string moved(const std::string& key) const {
    constexpr std::size_t kMost = 256;
    std::vector<std::string> reached{key};
    for (std::size_t at = 0; at < reached.size() && reached.size() < kMost; ++at) {
      if (index_.contains(reached[at])) return reached[at];
      for (const auto& [from, to] : program_.moved) {
        if (reached[at] != from && !reached[at].starts_with(from + ".")) continue;
        std::string candidate = to + reached[at].substr(from.size());
        if (std::find(reached.begin(), reached.end(), candidate) == reached.end())
          reached.push_back(std::move(candidate));
      }
    }
    return key;
  }

  void match_source(std::size_t s) {
    const WeightSource& source = sources_[s];
    std::vector<std::string> unexpected;
    for (std::size_t e = 0; e < files_[s].tensors.size(); ++e) {
      const TensorEntry& entry = files_[s].tensors[e];
      const bool edited = support::selects(options_.edited, entry.name);
      const bool excluded = edited || support::selects(source.except, entry.name);
      if (excluded || (!source.only.empty() && !support::selects(source.only, entry.name))) {
        rest_.push_back({WeightVerdict::Unused, "", entry.name, s,
                         edited     ? kReplaced
                         : excluded ? "named by `except`"
                                    : "not named by `only`"});
        continue;
      }
      const std::string key = moved(joined_path(source.prefix, renamed(source.rename, entry.name)));
      const auto it = index_.find(key);
      if (it == index_.end() && made_way(s, key)) {
        rest_.push_back({WeightVerdict::Unused, "", entry.name, s, kReplaced});
        continue;
      }
      if (it == index_.end()) {
        unexpected.push_back(entry.name);
        rest_.push_back({WeightVerdict::Unexpected, "", entry.name, s,
                         key == entry.name ? "" : fmt::format("the model has no `{}`", key)});
        continue;
      }
      choose(s, e, it->second);
    }
    if (!unexpected.empty()) report_unexpected(s, unexpected);
  }

  void choose(std::size_t s, std::size_t e, std::size_t m) {
    const TensorEntry& entry = files_[s].tensors[e];
    const types::TensorType& want = model_[m].tensor->type;
    Choice choice{true, s, e, "", WeightVerdict::Loaded};
    const std::vector<std::int64_t> shape = sizes_of(want);
    const std::string local = local_name(s, model_[m].key);
    const bool replaced = is_base(s) && model_[m].tensor->implied_new;
    if (replaced || is_new(s, local)) {
      rest_.push_back({WeightVerdict::Unused, "", entry.name, s, replaced ? kReplaced : "named by `new`"});
      return;
    }
    // As PyTorch's copy does it; other conversions would lose what the values mean.
    const bool converts = types::is_floating(want.dtype) && types::is_floating(entry.dtype);
    if (converts && want.dtype != entry.dtype)
      choice.why = fmt::format("converted from {}", types::torch_word(entry.dtype));
    if (shape != entry.shape && converts && shape.size() == entry.shape.size()) choice.resize = resizing(s, local);
    if (choice.resize) {
      choice.why = fmt::format("resized from {} by `{}`", entry.type(), ir::word_of(*choice.resize));
    } else if (shape != entry.shape || (want.dtype != entry.dtype && !converts)) {
      choice.verdict = shape != entry.shape ? WeightVerdict::ShapeDiffers : WeightVerdict::DtypeDiffers;
      choice.why = fmt::format("the file has {}, the model {}", entry.type(), want.str());
      if (options_.implied_new && model_[m].tensor->implied_new) {
        rest_.push_back({WeightVerdict::Unused, "", entry.name, s, kReplaced});
        return;
      }
    }
    chosen_[m] = std::move(choice);
  }

  std::optional<ir::Resizing> resizing(std::size_t s, const std::string& local) const {
    std::optional<ir::Resizing> how;
    for (const ir::Resize& resize : sources_[s].resize)
      if (support::selects({resize.pattern}, local, scoped_types(s))) how = resize.how;
    return how;
  }

  /// A file from before what `replace` put there: what a description starts from, and what another file of the command
  /// line goes over. The last file of a command line may be a checkpoint that was saved after it.
  bool is_base(std::size_t s) const { return !sources_[s].of_command || s + 1 < sources_.size(); }

  // A name of the file under a place where all that the model has now was put by `replace`. A description says so
  // itself with `except`; for a file that the command line names there is nobody else to say it.
  bool made_way(std::size_t s, const std::string& key) const {
    if (!sources_[s].of_command || !(options_.implied_new || is_base(s))) return false;
    for (std::size_t dot = key.find('.'); dot != std::string::npos; dot = key.find('.', dot + 1)) {
      bool some = false, all = true;
      for (const ModelTensor& model : model_)
        if (model.key.starts_with(std::string_view(key).substr(0, dot + 1)))
          some = true, all = all && model.tensor->implied_new;
      if (some && all) return true;
    }
    return false;
  }

  std::string local_name(std::size_t s, const std::string& key) const {
    const std::string& prefix = sources_[s].prefix;
    return prefix.empty() ? key : key.substr(prefix.size() + 1);
  }
  support::TypeOf scoped_types(std::size_t s) const {
    return [this, s](std::string_view path) { return type_of_(joined_path(sources_[s].prefix, path)); };
  }

  bool is_new(std::size_t s, const std::string& local) const {
    return support::selects(sources_[s].created, local, scoped_types(s)) ||
           support::selects(options_.edited, local, scoped_types(s));
  }

  // The sources that answer for a tensor of the model: those within whose place it stands.
  std::vector<std::size_t> responsible(const std::string& key) const {
    std::vector<std::size_t> out;
    for (std::size_t s = 0; s < sources_.size(); ++s)
      if (sources_[s].prefix.empty() || key.starts_with(sources_[s].prefix + ".")) out.push_back(s);
    return out;
  }

  bool alias_is_loaded(const ModelTensor& model) const {
    const auto loaded = [&](const std::string& key) {
      const auto it = index_.find(key);
      return it != index_.end() && chosen_[it->second].found;
    };
    const std::string& target = model.tensor->tied_to;
    if (!target.empty() && loaded(target)) return true;
    for (std::size_t i = 0; i < model_.size(); ++i) {
      const std::string& other = model_[i].tensor->tied_to;
      if (chosen_[i].found && !other.empty() && (other == model.key || (!target.empty() && other == target)))
        return true;
    }
    return false;
  }

  // Each name of a tied parameter that a file gives against the first one.
  void judge_ties() {
    std::map<std::string, std::size_t> first;  // by the parameter that owns the values
    for (std::size_t m = 0; m < model_.size(); ++m) {
      if (!chosen_[m].found || chosen_[m].verdict != WeightVerdict::Loaded) continue;
      const std::string& target = model_[m].tensor->tied_to;
      const auto [other, fresh] = first.emplace(target.empty() ? model_[m].key : target, m);
      if (fresh) continue;
      const Choice &a = chosen_[other->second], &b = chosen_[m];
      const WeightFile& file = files_[b.source];
      if (a.source != b.source || same_values(file, file.tensors[a.entry], file.tensors[b.entry])) continue;
      out_.ok = false;
      sink_.report(sources_[b.source].span, diag::WeightsTiedDiffer, file.file, file.tensors[a.entry].name,
                   file.tensors[b.entry].name);
    }
  }

  static std::string module_of(const ModelTensor& model) {
    return model.key.substr(0, model.key.size() - model.tensor->name.size());
  }

  /// Places of modules of which a file gives something.
  std::set<std::string> found_modules() const {
    std::set<std::string> out;
    for (std::size_t m = 0; m < model_.size(); ++m)
      if (chosen_[m].found) out.insert(module_of(model_[m]));
    return out;
  }

  /// torch's normalisations count the batches since 1.0 only: a file that has the rest without the count starts at 0.
  static bool may_be_absent(const ModelTensor& model, const std::set<std::string>& found) {
    return model.counts_calls && found.contains(module_of(model));
  }

  void judge_model() {
    std::map<std::size_t, std::vector<std::string>> missing, dtypes;
    std::map<std::size_t, std::vector<Misfit>> shapes;
    const std::set<std::string> found = found_modules();
    for (std::size_t m = 0; m < model_.size(); ++m) {
      const ModelTensor& model = model_[m];
      const Choice& choice = chosen_[m];
      if (choice.found) {
        const TensorEntry& entry = files_[choice.source].tensors[choice.entry];
        out_.lines.push_back({choice.verdict, model.key, entry.name, choice.source, choice.why});
        if (choice.verdict == WeightVerdict::Loaded)
          out_.copies.push_back({model.key, choice.source, choice.entry, choice.resize});
        else if (choice.verdict == WeightVerdict::DtypeDiffers)
          dtypes[choice.source].push_back(fmt::format("`{}`: {}", model.key, choice.why));
        else
          shapes[choice.source].push_back({local_name(choice.source, model.key), entry.name, choice.why, entry.shape,
                                           sizes_of(model.tensor->type)});
        continue;
      }
      const std::vector<std::size_t> sources = responsible(model.key);
      std::string why;
      if (sources.empty()) why = "no weights are given for it";
      else if (options_.implied_new && model.tensor->implied_new) why = "`replace` put it there";
      else if (alias_is_loaded(model)) why = "tied to a tensor that is loaded";
      else if (may_be_absent(model, found)) why = "0: the file does not count batches";
      for (std::size_t s : sources)
        if (why.empty() && is_new(s, local_name(s, model.key)))
          why = support::selects(options_.edited, local_name(s, model.key)) ? "put there anew" : "named by `new`";
      out_.lines.push_back({why.empty() ? WeightVerdict::Missing : WeightVerdict::Kept, model.key, "",
                            sources.empty() ? 0 : sources.back(), why});
      if (why.empty()) missing[sources.back()].push_back(local_name(sources.back(), model.key));
    }
    for (const auto& [s, names] : missing) {
      out_.ok = false;
      sink_
          .report(sources_[s].span, diag::WeightsMissing, files_[s].file, names.size(),
                  support::counted(model_.size(), "tensor"), listed(in_model(s, names)))
          .help(files_[s].metadata.contains(kSavedKey)
                    ? fmt::format("it holds what was trained only: give what that lay upon before it, `--weights BASE "
                                  "--weights {}`",
                                  files_[s].file)
                    : cure_of_missing(sources_[s], names, prefix_cure(sources_[s], files_[s], keys())));
    }
    for (const auto& [s, misfits] : shapes) {
      out_.ok = false;
      std::vector<std::string> texts;
      for (const Misfit& misfit : misfits)
        texts.push_back(fmt::format("`{}`: {}", joined_path(sources_[s].prefix, misfit.model_name), misfit.why));
      sink_.report(sources_[s].span, diag::WeightsShapeDiffers, files_[s].file, joined(texts))
          .help(cure_of_shapes(sources_[s], misfits));
    }
    for (const auto& [s, texts] : dtypes) {
      out_.ok = false;
      sink_.report(sources_[s].span, diag::WeightsDtypeDiffers, files_[s].file, joined(texts))
          .help("convert the file, or leave the tensor out with `except` and `new`");
    }
  }

  void report_unexpected(std::size_t s, const std::vector<std::string>& names) {
    out_.ok = false;
    sink_
        .report(sources_[s].span, diag::WeightsUnexpected, files_[s].file, support::counted(names.size(), "tensor"),
                listed(names))
        .help(cure_of_unexpected(sources_[s], names, prefix_cure(sources_[s], files_[s], keys())));
  }

  std::vector<std::string> in_model(std::size_t s, const std::vector<std::string>& names) const {
    std::vector<std::string> out;
    for (const std::string& name : names) out.push_back(joined_path(sources_[s].prefix, name));
    return out;
  }
  std::vector<std::string> keys() const {
    std::vector<std::string> out;
    for (const ModelTensor& model : model_) out.push_back(model.key);
    return out;
  }
  static std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (std::size_t i = 0; i < texts.size() && i < kShown; ++i) out += (i ? "; " : "") + texts[i];
    if (texts.size() > kShown) out += fmt::format("; and {} more", texts.size() - kShown);
    return out;
  }

  const ir::Program& program_;
  const std::vector<WeightSource>& sources_;
  const std::vector<WeightFile>& files_;
  const MatchOptions& options_;
  diagnostics::Sink& sink_;
  std::vector<ModelTensor> model_;
  std::map<std::string, std::size_t> index_;
  support::TypeOf type_of_;
  std::vector<Choice> chosen_;
  std::vector<WeightLine> rest_;
  WeightMatch out_;
};

}  // namespace

WeightMatch match_weights(const ir::Program& program, const std::vector<WeightSource>& sources,
                          const std::vector<WeightFile>& files, const MatchOptions& options, diagnostics::Sink& sink) {
  return Matcher(program, sources, files, options, sink).run();
}

WeightFile as_weight_file(const ir::Program& program, const std::string& name) {
  WeightFile file;
  file.file = name;
  for (const ModelTensor& model : model_tensors(program.tree)) {
    TensorEntry entry;
    entry.name = model.key;
    entry.dtype = model.tensor->type.dtype;
    entry.shape = sizes_of(model.tensor->type);
    file.tensors.push_back(std::move(entry));
  }
  return file;
}

}  // namespace modelc::weights
