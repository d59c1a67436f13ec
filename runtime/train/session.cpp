#include "train/session.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "data/labels.h"
#include "ir/data_memory.h"
#include "support/words.h"
#include "train/moment.h"
#include "train/start.h"
#include "weights/load.h"

namespace modelc::train {
namespace {

constexpr support::Word<Split> kSplits[] = {{"train", Split::Train}, {"valid", Split::Valid}, {"test", Split::Test}};

}  // namespace

Session::Session(const runtime::Request& request)
    : request_(request),
      program_(*request.program),
      recipe_(*request.recipe),
      sink_(*request.sink),
      phases_(recipe_.phases) {
  if (phases_.empty()) phases_.emplace_back().training = recipe_.training;
}

bool Session::read_metadata(bool training) {
  phase_ = training ? 0 : phases_.size() - 1;
  if (!request_.weights.empty()) {
    // What cannot be read is reported when its tensors are asked for.
    formats::Result<formats::WeightFile> file = formats::read_weight_header(request_.weights.back());
    if (file) weight_file_ = std::move(*file.value);
  }
  const std::map<std::string, std::string>& stored = weight_file_.metadata;
  seed_ = request_.seed.value_or(recipe_.training.seed);
  // Training on other data fits them anew.
  if (training) return true;
  // Evaluation draws the split that training drew.
  const auto damaged = [&](const char* key) {
    sink_.report({}, diag::WeightsUnreadable,
                 fmt::format("{}: its metadata `{}` is damaged", request_.weights.back(), key));
    return false;
  };
  if (const auto it = stored.find("modelc.seed"); it != stored.end() && !request_.seed) {
    const char* const end = it->second.data() + it->second.size();
    if (std::from_chars(it->second.data(), end, seed_).ptr != end) return damaged("modelc.seed");
  }
  if (stored.contains(kStep)) counters_ = {number_in(stored, kStep), number_in(stored, kEpoch) - 1};
  fits_restored_ = recipe_.data.fits.empty();
  const auto it = stored.find("modelc.fits");
  if (it == stored.end()) return true;
  auto fits = data::fits_from_json(it->second);
  if (!fits) return damaged("modelc.fits");
  fits_ = std::move(*fits);
  fits_restored_ = true;
  return true;
}

bool Session::open(bool training) {
  if (!read_metadata(training)) return false;
  const auto lacks = [&](const char* what) {
    sink_.report(recipe_.data.span, diag::NothingToTrain, what);
    return false;
  };
  if (!recipe_.data.train) return lacks("`data`");
  if (training && !recipe_.has_loss) return lacks("`loss`");
  const auto changes = [](const ir::Phase& one) { return one.training.optimizer || !one.training.turns.empty(); };
  if (training && !std::all_of(phases_.begin(), phases_.end(), changes)) return lacks("`train` with an optimizer");
  try {
    return open_weights(training) && open_data(training);
  } catch (const exec::RuntimeFault& fault) {
    data::report_fault(fault, sink_);
    return false;
  }
}

bool Session::open_rows() {
  if (!read_metadata(false)) return false;
  if (!recipe_.data.train || !recipe_.data.given) {
    sink_.report(recipe_.data.span, diag::NothingToTrain, "`data`");
    return false;
  }
  try {
    if (!open_weights(false) || (!fits_restored_ && !open_data(false))) return false;
    data::Loader loader(recipe_.data, seed_, sink_);
    know_classes(loader);
    const auto rows = loader.load(*recipe_.data.given, std::string(data::kGivenRole));
    if (rows) given_ = data::whole(*rows);
    return rows.has_value();
  } catch (const exec::RuntimeFault& fault) {
    data::report_fault(fault, sink_);
    return false;
  }
}

bool Session::open_data_alone() {
  if (!read_metadata(false)) return false;
  if (!recipe_.data.train) {
    sink_.report(recipe_.data.span, diag::NothingToTrain, "`data`");
    return false;
  }
  alone_ = true;
  try {
    return open_data(true);
  } catch (const exec::RuntimeFault& fault) {
    data::report_fault(fault, sink_);
    return false;
  }
}

bool Session::open_weights(bool training) {
  // Weights are drawn as PyTorch draws them after manual_seed(seed).
  at::manual_seed(static_cast<std::uint64_t>(seed_));
  tree_ = std::make_unique<build::TreeModule>(exec::build_tree(program_));
  in_phase_ = trainable_ = tree_->trainable();
  const Start start = start_of(request_, !training);
  if (start.sources.empty()) return true;
  weights::WeightMatch match;
  if (!weights::load_weights(program_, *tree_, start.sources, start.options, sink_, &match, &weight_file_))
    return false;
  weight_report_ = match.grouped_report();
  return true;
}

std::string_view word_of(Split split) { return kSplits[static_cast<std::size_t>(split)].text; }

Split Session::scored_split() const {
  const ir::Data& data = recipe_.data;
  if (const auto asked = support::meaning_of(kSplits, request_.split)) return *asked;
  if (data.test) return Split::Test;
  return data.valid || data.split.divides() ? Split::Valid : Split::Train;
}

const std::vector<data::Part>& Session::parts_of(Split split) const {
  return split == Split::Test ? test_ : split == Split::Valid ? valid_ : train_;
}

bool Session::needs_training_rows(bool training) const {
  const Split split = scored_split();
  return training || !fits_restored_ || split == Split::Train || (split == Split::Valid && !recipe_.data.valid);
}

// The classes of a folder of images have the numbers that they had in training; tokenizers come from the checkpoint,
// too.
void Session::know_classes(data::Loader& loader) const {
  for (const data::FitState& fit : fits_)
    if (const std::string column = data::column_of_classes(fit); !column.empty())
      loader.know_classes(column, fit.words);
  for (const data::FitState& fit : fits_)
    if (fit.numbering && fit.numbering->pieces.tokenizer)
      loader.know_tokenizer(fit.numbering->column, fit.numbering->pieces.tokenizer->json());
}

bool Session::open_data(bool training) {
  // The generator's state goes on from the weights' draws during training; what the data draw does not move it.
  const at::Tensor state = at::detail::getDefaultCPUGenerator().get_state();
  data::Loader loader(recipe_.data, seed_, sink_);
  std::vector<std::string> choices;
  for (const ir::Signature& input : program_.inputs)
    if (input.type.kind == types::TypeKind::Choice) choices.push_back(input.name);
  if (!alone_) loader.keep_needed(choices);
  at::manual_seed(static_cast<std::uint64_t>(seed_));
  const bool all = needs_training_rows(training);
  const auto load = [&](const std::optional<ir::Source>& source, Split split) {
    const bool wanted = split == Split::Train ? all : training || scored_split() == split;
    return source && wanted ? loader.load(*source, std::string(word_of(split))) : Datasets();
  };
  know_classes(loader);
  // All sources are read before any fault ends it, so that every bad file is reported at once.
  const auto train = load(recipe_.data.train, Split::Train), valid = load(recipe_.data.valid, Split::Valid),
             test = load(recipe_.data.test, Split::Test);
  if (!train || !valid || !test || !split_rows(*train)) return false;
  if (!valid->empty()) valid_ = data::whole(*valid);
  test_ = data::whole(*test);
  if (!fit_feeds(data::whole(*train))) return false;
  if (alone_) return true;
  if (request_.trial.overfit) keep_first(*request_.trial.overfit);
  bool good = check_parts(train_, training);
  good = check_parts(valid_, false) && good;
  good = check_parts(test_, false) && good;
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  generator.set_state(state);
  return good;
}

bool Session::split_rows(const Datasets& train) {
  const ir::Data& data = recipe_.data;
  const auto labels = data::labels_of(data, {"stratify", data.split.stratify, data.split.stratify_at}, train, sink_);
  const auto balance = data::labels_of(data, {"balance", data.balance.name, data.balance.at}, train, sink_);
  if (!labels || !balance) return false;
  for (std::size_t i = 0; i < train.size(); ++i)
    if (balance->at(i).defined()) train[i]->shares = data::balanced(balance->at(i));
  auto splits = data::split(train, data, *labels, seed_, sink_);
  if (!splits) return false;
  train_ = std::move(splits->train);
  valid_ = std::move(splits->valid);
  return true;
}

// One feed for each dataset. Parts of an `alternate` with equal columns share a graph and are fitted together.
bool Session::fit_feeds(const std::vector<data::Part>& all) {
  const std::size_t groups = recipe_.data.feeds.size();
  std::vector<data::FitState> found;
  for (std::size_t g = 0; g < groups; ++g) {
    std::vector<data::Part> training, whole;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (std::min(i, groups - 1) == g) whole.push_back(all[i]), training.push_back(train_[i]);
    if (whole.empty()) continue;
    data::Feed& first = feed(training[0], g);
    if (!first.connect(*training[0].data, recipe_.data.train->span, sink_)) return false;
    if (!fits_restored_ && !first.fit(training, whole, found, sink_)) return false;
  }
  if (!fits_restored_) {
    for (const data::Part& part : all)
      for (const data::Column& column : part.data->columns)
        if (!column.categories.empty()) found.push_back(data::classes_of(column));
    fits_ = std::move(found);
  }
  const ir::Data& data = recipe_.data;
  return restore_feeds(train_, data.train->span) &&
         restore_feeds(valid_, data.valid ? data.valid->span : data.train->span) &&
         restore_feeds(test_, data.test ? data.test->span : data.span);
}

bool Session::restore_feeds(const std::vector<data::Part>& parts, support::Span source) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    data::Feed& one = feed(parts[i], data::feed_index(recipe_.data, *parts[i].data, i));
    if (!one.connect(*parts[i].data, source, sink_)) return false;
    std::string missing;
    if (one.restore(fits_, missing)) continue;
    sink_.report(recipe_.data.span, diag::CheckpointLacksFit, weight_file_.file, missing);
    return false;
  }
  return true;
}

bool Session::check_parts(const std::vector<data::Part>& parts, bool training) {
  const std::map<std::string, passes::IndexLimit> limits = passes::index_limits(program_);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    data::Feed& one = feed(parts[i], i);
    if (!one.check(parts[i], phase().training.batch, limits, sink_)) return false;
    // The graphs must exist before the first step; training also evaluates.
    for (const bool mode : {true, false}) {
      if (mode && !training) continue;
      if (!runner(mode, parts[i], i)) return false;
      if (!phase().training.batching.carry.empty() && !runner(mode, parts[i], i, {}, true)) return false;
    }
  }
  return true;
}

data::Feed& Session::feed(const data::Part& part, std::size_t index) {
  std::unique_ptr<data::Feed>& found = feeds_[part.data.get()];
  if (!found) found = std::make_unique<data::Feed>(recipe_.data, index);
  return *found;
}

std::optional<std::map<std::string, std::string>> Session::choices_of(const data::Dataset& data) {
  std::map<std::string, std::string> choices = data.words;
  for (const ir::Signature& input : program_.inputs) {
    if (input.type.kind != types::TypeKind::Choice || choices.contains(input.name)) continue;
    const data::Column* column = data.find(input.name);
    if (!column || !column->text) continue;
    bool varies = false;
    column->for_blocks([&](std::int64_t, const at::Tensor& block) {
      varies = varies || !block.eq(column->row(0)).all().item<bool>();
    });
    if (varies) {
      sink_.report(recipe_.data.train->span, diag::DataChoiceVaries, input.name);
      return std::nullopt;
    }
    choices[input.name] = column->shown(0);
  }
  return choices;
}

GraphRunner* Session::runner(bool training, const data::Part& part, std::size_t index, const std::string& term,
                             bool carries) {
  std::unique_ptr<GraphRunner>& found = runners_[{part.data.get(), training, term, phase_, carries}];
  if (found) return found.get();
  const std::vector<std::string> names = fed_names(feed(part, index), carries);
  const auto chosen = choices_of(*part.data);
  if (!chosen) return nullptr;
  const std::map<std::string, std::string>& choices = *chosen;
  const ir::Graph* graph = find_graph(program_, training, names, choices);
  if (!graph && all_chosen(program_, choices)) return nullptr;
  if (!graph) {
    std::string words = fmt::format("{}", fmt::join(names, ", "));
    for (const auto& [name, word] : choices) words += fmt::format(", {}={}", name, word);
    auto report = sink_.report(recipe_.data.train->span, diag::NoGraphForInputs, words);
    for (const ir::Signature& input : program_.inputs)
      if (input.type.kind == types::TypeKind::Choice && !choices.contains(input.name))
        report.help(fmt::format("nothing chooses `{0}`: give the data a text column `{0}`", input.name));
    return nullptr;
  }
  const std::vector<std::string> terms = term.empty() ? phase().losses : std::vector<std::string>{term};
  found = std::make_unique<GraphRunner>(training ? held(*graph) : *graph, program_, *tree_, names,
                                        GraphRunner::Asked{terms, !training, phase().training.batching.carry},
                                        exec::checks_for(request_.verify));
  if (training) found->set_watch(watch_);
  for (const std::string& name : found->unfed()) {
    sink_.report(recipe_.data.span, diag::DataColumnMissing, name);
    return nullptr;
  }
  return found.get();
}

std::map<std::string, std::string> Session::metadata() const {
  std::map<std::string, std::string> out{{"format", "pt"},
                                         {"modelc.description", request_.bundle},
                                         {"modelc.version", request_.version},
                                         {"modelc.seed", std::to_string(seed_)}};
  if (request_.save_trainable) out[weights::kSavedKey] = weights::kSavedTrained;
  const std::string fits = data::to_json(fits_), memory = ir::to_json(recipe_.data.memory);
  if (!fits.empty()) out["modelc.fits"] = fits;
  if (!memory.empty()) out[ir::kDataMemoryKey] = memory;
  return out;
}

weights::NamedTensors Session::kept() const {
  if (!request_.save_trainable) return tree_->state();
  // What stands still in this phase has been trained in another.
  std::vector<bool> trains;
  for (const auto& [key, tensor] : trainable_) {
    trains.push_back(tensor.requires_grad());
    at::Tensor(tensor).set_requires_grad(true);
  }
  weights::NamedTensors out = tree_->trained_state();
  for (std::size_t i = 0; i < trainable_.size(); ++i) at::Tensor(trainable_[i].second).set_requires_grad(trains[i]);
  return out;
}

}  // namespace modelc::train
