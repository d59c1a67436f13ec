#include "train/session.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "data/windows.h"
#include "train/start.h"
#include "weights/load.h"

namespace modelc::train {
namespace {

/// Draws of one's own, seeded alike each time, that do not move the generator of training.
class RandomStateKept {
 public:
  explicit RandomStateKept(std::int64_t seed) : state_(at::detail::getDefaultCPUGenerator().get_state()) {
    at::manual_seed(static_cast<std::uint64_t>(seed));
  }
  ~RandomStateKept() {
    at::Generator generator = at::detail::getDefaultCPUGenerator();
    generator.set_state(state_);
  }
  RandomStateKept(const RandomStateKept&) = delete;
  RandomStateKept& operator=(const RandomStateKept&) = delete;

 private:
  at::Tensor state_;
};

}  // namespace

bool Session::open(bool training) {
  if (!request_.weights.empty()) {
    // What cannot be read is reported when its tensors are asked for.
    formats::Result<formats::WeightFile> file = formats::read_weight_header(request_.weights.back());
    if (file) weight_file_ = std::move(*file.value);
  }
  const std::map<std::string, std::string>& stored = weight_file_.metadata;
  seed_ = request_.seed.value_or(recipe_.training.seed);
  // Evaluation draws the split that training drew.
  if (const auto it = stored.find("modelc.seed"); it != stored.end() && !request_.seed && !training)
    std::from_chars(it->second.data(), it->second.data() + it->second.size(), seed_);
  // Training on other data fits them anew.
  if (const auto it = stored.find("modelc.fits"); it != stored.end() && !training) {
    auto fits = data::fits_from_json(it->second);
    if (!fits) {
      sink_.report({}, diag::WeightsUnreadable, request_.weights.back() + ": its metadata `modelc.fits` is damaged");
      return false;
    }
    fits_ = std::move(*fits);
    fits_restored_ = true;
  }
  const auto lacks = [&](const char* what) {
    sink_.report(recipe_.data.span, diag::NothingToTrain, what);
    return false;
  };
  if (!recipe_.data.train) return lacks("`data`");
  if (training && !recipe_.has_loss) return lacks("`loss`");
  if (training && !recipe_.training.optimizer && recipe_.training.turns.empty())
    return lacks("`train` with an optimizer");
  try {
    return open_weights(training) && open_data(training);
  } catch (const exec::RuntimeFault& fault) {
    sink_.report(fault.span(), diag::KernelFault, fault.what());
    return false;
  }
}

bool Session::open_weights(bool training) {
  // Weights are drawn as PyTorch draws them after manual_seed(seed).
  at::manual_seed(static_cast<std::uint64_t>(seed_));
  tree_ = std::make_unique<build::TreeModule>(exec::build_tree(program_));
  const Start start = start_of(request_, !training);
  if (start.sources.empty()) return true;
  weights::WeightMatch match;
  if (!weights::load_weights(program_, *tree_, start.sources, start.options, sink_, &match, &weight_file_))
    return false;
  weight_report_ = match.grouped_report();
  return true;
}

std::optional<std::vector<at::Tensor>> Session::stratify_labels(
    const std::vector<std::shared_ptr<data::Dataset>>& datasets) {
  std::vector<at::Tensor> labels(datasets.size());
  const std::string& name = recipe_.data.split.stratify;
  if (name.empty()) return labels;
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    // A feed of its own: what is fitted for the labels alone must not be kept for training.
    data::Feed feed(recipe_.data, i);
    const auto at = std::find(feed.names().begin(), feed.names().end(), name);
    if (at == feed.names().end()) {
      const data::Column* column = datasets[i]->find(name);
      if (!column) {
        sink_.report(recipe_.data.span, diag::DataColumnMissing, name);
        return std::nullopt;
      }
      labels[i] = column->take(data::first_steps(datasets[i]->windows, datasets[i]->rows));
      continue;
    }
    if (!feed.connect(*datasets[i], recipe_.data.span, sink_)) return std::nullopt;
    const std::vector<data::Part> all = data::whole({datasets[i]});
    std::vector<data::FitState> fits;
    if (!feed.fit(all, all, fits, sink_)) return std::nullopt;
    labels[i] = feed.run(all[0].rows)[static_cast<std::size_t>(at - feed.names().begin())];
  }
  return labels;
}

bool Session::open_data(bool training) {
  // The generator's state goes on from the weights' draws during training; what the data draw does not move it.
  const at::Tensor state = at::detail::getDefaultCPUGenerator().get_state();
  data::Loader loader(recipe_.data, seed_, sink_);
  for (const data::FitState& fit : fits_)
    if (fit.numbering && fit.numbering->pieces.tokenizer)
      loader.know_tokenizer(fit.numbering->column, fit.numbering->pieces.tokenizer->json());
  at::manual_seed(static_cast<std::uint64_t>(seed_));
  // All sources are read before any fault ends it, so that every bad file is reported at once.
  auto train = loader.load(*recipe_.data.train, "train");
  std::optional<std::vector<std::shared_ptr<data::Dataset>>> valid, test;
  if (recipe_.data.valid) valid = loader.load(*recipe_.data.valid, "valid");
  if (recipe_.data.test) test = loader.load(*recipe_.data.test, "test");
  if (!train || (recipe_.data.valid && !valid) || (recipe_.data.test && !test)) return false;
  const auto labels = stratify_labels(*train);
  if (!labels) return false;
  auto splits = data::split(*train, recipe_.data, *labels, seed_, sink_);
  if (!splits) return false;
  train_ = std::move(splits->train);
  valid_ = valid ? data::whole(*valid) : std::move(splits->valid);
  if (test) test_ = data::whole(*test);
  if (!fit_feeds(data::whole(*train))) return false;
  bool good = check_parts(train_, training);
  good = check_parts(valid_, false) && good;
  good = check_parts(test_, false) && good;
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  generator.set_state(state);
  return good;
}

// One feed for each dataset. Parts of an `alternate` with equal columns share a graph and are fitted together.
bool Session::fit_feeds(const std::vector<data::Part>& all) {
  const bool restored = fits_restored_;
  const std::size_t groups = recipe_.data.feeds.size();
  std::vector<data::FitState> found;
  for (std::size_t g = 0; g < groups; ++g) {
    std::vector<data::Part> training, whole;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (std::min(i, groups - 1) == g) whole.push_back(all[i]), training.push_back(train_[i]);
    if (whole.empty()) continue;
    data::Feed& first = feed(training[0], g);
    if (!first.connect(*training[0].data, recipe_.data.train->span, sink_)) return false;
    if (!restored && !first.fit(training, whole, found, sink_)) return false;
  }
  if (!restored) fits_ = std::move(found);
  for (const std::vector<data::Part>* parts : {&train_, &valid_, &test_})
    for (std::size_t i = 0; i < parts->size(); ++i) {
      data::Feed& one = feed((*parts)[i], i);
      const support::Span span = parts == &train_                         ? recipe_.data.train->span
                                 : parts == &valid_ && recipe_.data.valid ? recipe_.data.valid->span
                                 : recipe_.data.test                      ? recipe_.data.test->span
                                                                          : recipe_.data.span;
      if (!one.connect(*(*parts)[i].data, span, sink_)) return false;
      std::string missing;
      if (!one.restore(fits_, missing)) {
        sink_.report(recipe_.data.span, diag::CheckpointLacksFit, weight_file_.file, missing);
        return false;
      }
    }
  return true;
}

bool Session::check_parts(const std::vector<data::Part>& parts, bool training) {
  const std::map<std::string, passes::IndexLimit> limits = passes::index_limits(program_);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    data::Feed& one = feed(parts[i], i);
    if (!one.check(parts[i], recipe_.training.batch, limits, sink_)) return false;
    // The graphs must exist before the first step; training also evaluates.
    for (const bool mode : {true, false}) {
      if (mode && !training) continue;
      if (!runner(mode, parts[i], i)) return false;
    }
  }
  return true;
}

data::Feed& Session::feed(const data::Part& part, std::size_t index) {
  std::unique_ptr<data::Feed>& found = feeds_[part.data.get()];
  if (!found) found = std::make_unique<data::Feed>(recipe_.data, index);
  return *found;
}

GraphRunner* Session::runner(bool training, const data::Part& part, std::size_t index, const std::string& term) {
  std::unique_ptr<GraphRunner>& found = runners_[{part.data.get(), training, term}];
  if (found) return found.get();
  const data::Feed& one = feed(part, index);
  std::map<std::string, std::string> choices = part.data->words;
  for (const ir::Signature& input : program_.inputs) {
    if (input.type.kind != types::TypeKind::Choice || choices.contains(input.name)) continue;
    const data::Column* column = part.data->find(input.name);
    if (!column || !column->text) continue;
    bool varies = false;
    column->for_blocks([&](std::int64_t, const at::Tensor& block) {
      varies = varies || !block.eq(column->row(0)).all().item<bool>();
    });
    if (varies) {
      sink_.report(recipe_.data.train->span, diag::DataChoiceVaries, input.name);
      return nullptr;
    }
    choices[input.name] = column->shown(0);
  }
  const ir::Graph* graph = find_graph(program_, training, one.names(), choices);
  if (!graph && all_chosen(program_, choices)) return nullptr;
  if (!graph) {
    std::string words = fmt::format("{}", fmt::join(one.names(), ", "));
    for (const auto& [name, word] : choices) words += fmt::format(", {}={}", name, word);
    auto report = sink_.report(recipe_.data.train->span, diag::NoGraphForInputs, words);
    for (const ir::Signature& input : program_.inputs)
      if (input.type.kind == types::TypeKind::Choice && !choices.contains(input.name))
        report.help(fmt::format("nothing chooses `{0}`: give the data a text column `{0}`", input.name));
    return nullptr;
  }
  found = std::make_unique<GraphRunner>(*graph, program_, *tree_, one.names(), GraphRunner::Asked{term, !training},
                                        exec::checks_for(request_.verify));
  for (const std::string& name : found->unfed()) {
    sink_.report(recipe_.data.span, diag::DataColumnMissing, name);
    return nullptr;
  }
  return found.get();
}

std::optional<Scores> Session::score(const std::vector<data::Part>& parts, const std::function<bool()>& stop) {
  at::NoGradGuard no_grad;
  const RandomStateKept kept(seed_);
  tree_->train(false);
  Scores scores;
  std::vector<std::unique_ptr<Meter>> meters;
  LossSums sums;
  std::vector<std::string> term_names;
  const ir::Graph* named = nullptr;
  for (const data::Batch& batch : data::batches(parts, recipe_.training.batch, false, seed_, 0)) {
    if (stop && stop()) return std::nullopt;
    const data::Part& part = parts[batch.part];
    GraphRunner* run = runner(false, part, batch.part);
    if (!run) return std::nullopt;
    const auto rows = static_cast<std::int64_t>(batch.rows.size());
    const Evaluation result = run->run(feed(part, batch.part).run(batch.rows), rows);
    if (!named) {
      named = &run->graph();
      for (const ir::Metric& metric : named->metrics) meters.push_back(make_meter(metric));
      for (const ir::Output& loss : named->losses) term_names.push_back(loss.name);
    }
    scores.has_loss = result.loss.defined();
    sums.add(result.shares);
    for (std::size_t i = 0; i < meters.size() && i < result.metrics.size(); ++i)
      add_batch(*meters[i], named->metrics[i], result.metrics[i], rows);
    scores.rows += rows;
  }
  if (scores.has_loss) scores.loss = sums.loss();
  const std::vector<double> terms = sums.terms();
  for (std::size_t i = 0; terms.size() > 1 && i < terms.size(); ++i) scores.terms.emplace_back(term_names[i], terms[i]);
  for (std::size_t i = 0; i < meters.size(); ++i) {
    const std::string table = meters[i]->table();
    if (table.empty()) scores.metrics.emplace_back(named->metrics[i].name, value_of(*meters[i], named->metrics[i]));
    else scores.tables.emplace_back(named->metrics[i].name, table);
  }
  return scores;
}

std::map<std::string, std::string> Session::metadata() const {
  std::map<std::string, std::string> out{{"format", "pt"},
                                         {"modelc.description", request_.bundle},
                                         {"modelc.version", request_.version},
                                         {"modelc.seed", std::to_string(seed_)}};
  if (request_.save_trainable) out[weights::kSavedKey] = weights::kSavedTrained;
  const std::string fits = data::to_json(fits_);
  if (!fits.empty()) out["modelc.fits"] = fits;
  return out;
}

weights::NamedTensors Session::kept() const {
  return request_.save_trainable ? tree_->trained_state() : tree_->state();
}

}  // namespace modelc::train
