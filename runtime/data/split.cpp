#include "data/split.h"

#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "data/random.h"
#include "data/windows.h"
#include "support/counted.h"
#include "support/words.h"

namespace modelc::data {
namespace {

constexpr support::Word<bool> kMarks[] = {
    {"valid", true},  {"validation", true}, {"val", true}, {"test", true},   {"true", true},
    {"True", true},   {"1", true},          {"yes", true}, {"train", false}, {"training", false},
    {"false", false}, {"False", false},     {"0", false},  {"no", false},
};

// Takes `wanted` of the rows of each group, the shares rounded so that their sum is right (largest remainders).
std::vector<char> choose(const std::vector<Rows>& groups, std::int64_t rows, double fraction) {
  std::vector<char> chosen(static_cast<std::size_t>(rows), 0);
  const auto total = static_cast<std::int64_t>(std::llround(static_cast<double>(rows) * fraction));
  std::vector<std::pair<double, std::size_t>> remainders;
  std::vector<std::int64_t> counts;
  std::int64_t sum = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const double share = static_cast<double>(groups[g].size()) * fraction;
    counts.push_back(static_cast<std::int64_t>(share));
    sum += counts.back();
    remainders.emplace_back(-(share - std::floor(share)), g);
  }
  std::sort(remainders.begin(), remainders.end());
  for (std::size_t i = 0; sum < total && i < remainders.size(); ++i)
    if (counts[remainders[i].second] < static_cast<std::int64_t>(groups[remainders[i].second].size()))
      ++counts[remainders[i].second], ++sum;
  // From the end, so that an unshuffled source validates on its last rows.
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (std::int64_t k = 0; k < counts[g]; ++k)
      chosen[static_cast<std::size_t>(groups[g][groups[g].size() - 1 - static_cast<std::size_t>(k)])] = 1;
  return chosen;
}

std::vector<Rows> grouped(std::int64_t rows, const at::Tensor& labels, bool shuffle, std::uint64_t seed) {
  Rows order = Rows::all(rows);
  Random random(seed);
  if (shuffle) order.shuffle(random);
  std::vector<Rows> out;
  if (!labels.defined()) {
    out.push_back(std::move(order));
    return out;
  }
  const at::Tensor values = labels.reshape({rows, -1}).select(1, 0).to(at::kDouble).contiguous();
  std::map<double, Rows> by_value;
  const double* value = values.data_ptr<double>();
  for (std::int64_t row : order) by_value[std::isnan(value[row]) ? HUGE_VAL : value[row]].push_back(row);
  for (auto& [label, group] : by_value) out.push_back(std::move(group));
  return out;
}

// One fold of `folds`: every folds-th row of each group, so that folds are disjoint and stratified.
std::vector<char> choose_fold(const std::vector<Rows>& groups, std::int64_t rows, std::int64_t folds,
                              std::int64_t fold) {
  std::vector<char> chosen(static_cast<std::size_t>(rows), 0);
  std::int64_t at = 0;
  for (const auto& group : groups)
    for (std::int64_t row : group)
      if (at++ % folds == fold) chosen[static_cast<std::size_t>(row)] = 1;
  return chosen;
}

/// Windows that lie over each other are not drawn but cut off: a stretch of them validates.
std::vector<char> choose_stretch(std::int64_t rows, const ir::Split& how) {
  std::vector<char> chosen(static_cast<std::size_t>(rows), 0);
  std::int64_t first = rows - std::llround(static_cast<double>(rows) * how.fraction), last = rows;
  if (how.folds > 1) first = rows * how.fold / how.folds, last = rows * (how.fold + 1) / how.folds;
  std::fill(chosen.begin() + first, chosen.begin() + last, 1);
  return chosen;
}

std::optional<std::vector<char>> choose_marked(const Dataset& data, const std::string& name, support::Span span,
                                               diagnostics::Sink& sink) {
  const Column* column = data.find(name);
  if (!column || !column->shape().empty()) {
    sink.report(span, diag::DataColumnMissing, name);
    return std::nullopt;
  }
  std::vector<char> chosen(static_cast<std::size_t>(column->rows()), 0);
  bool known = true;
  column->for_blocks([&](std::int64_t first, const at::Tensor& block) {
    const at::Tensor values = block.to(column->text ? at::kLong : at::kDouble).contiguous();
    for (std::int64_t i = 0; known && i < values.numel(); ++i) {
      bool marked = false;
      if (!column->text) {
        marked = values.data_ptr<double>()[i] > 0;
      } else if (const auto code = values.data_ptr<std::int64_t>()[i]; !column->text->is_missing(code)) {
        const auto mark = support::meaning_of(kMarks, column->text->word(code));
        known = mark.has_value();
        marked = mark.value_or(false);
        if (!known) sink.report(span, diag::MarkUnknown, column->place(first + i), column->text->word(code));
      }
      chosen[static_cast<std::size_t>(first + i)] = static_cast<char>(marked);
    }
  });
  if (!known) return std::nullopt;
  if (data.windows.n == 0) return chosen;
  // A window validates as soon as one of its steps does.
  std::vector<char> windows(static_cast<std::size_t>(data.rows), 0);
  for (std::int64_t row = 0; row < data.rows; ++row) {
    const auto begin = chosen.begin() + row * data.windows.stride;
    windows[static_cast<std::size_t>(row)] = std::find(begin, begin + data.windows.n, 1) != begin + data.windows.n;
  }
  return windows;
}

}  // namespace

std::vector<Part> whole(const std::vector<std::shared_ptr<Dataset>>& datasets) {
  std::vector<Part> parts;
  for (const auto& data : datasets) {
    parts.push_back({data, Rows::all(data->rows)});
  }
  return parts;
}

std::int64_t row_count(const std::vector<Part>& parts) {
  std::int64_t count = 0;
  for (const Part& part : parts) count += static_cast<std::int64_t>(part.rows.size());
  return count;
}

std::optional<Splits> split(const std::vector<std::shared_ptr<Dataset>>& datasets, const ir::Data& recipe,
                            const std::vector<at::Tensor>& labels, std::int64_t seed, diagnostics::Sink& sink) {
  const ir::Split& how = recipe.split;
  Splits out;
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    const Dataset& data = *datasets[i];
    std::vector<char> chosen(static_cast<std::size_t>(data.rows), 0);
    const std::uint64_t salt = mix_seed(seed, fmt::format("split/{}", i));
    const bool stretch = overlap(data.windows) && (how.fraction > 0 || how.folds > 1);
    if (stretch) chosen = choose_stretch(data.rows, how);
    else if (how.fraction > 0)
      chosen = choose(grouped(data.rows, labels[i], data.shuffle, salt), data.rows, how.fraction);
    else if (how.folds > 1)
      chosen = choose_fold(grouped(data.rows, labels[i], data.shuffle, salt), data.rows, how.folds, how.fold);
    else if (!how.by.empty()) {
      auto marked = choose_marked(data, how.by, how.by_at, sink);
      if (!marked) return std::nullopt;
      chosen = std::move(*marked);
    }
    Part train{datasets[i], {}}, valid{datasets[i], {}};
    const std::vector<char> left_out = reaching_over(data.windows, chosen);
    // Of a hundred million rows a list that grows would take its memory twice.
    const auto valid_rows = static_cast<std::size_t>(std::count(chosen.begin(), chosen.end(), 1));
    train.rows.reserve(chosen.size() - valid_rows);
    valid.rows.reserve(valid_rows);
    for (std::int64_t row = 0; row < data.rows; ++row)
      if (!left_out[static_cast<std::size_t>(row)])
        (chosen[static_cast<std::size_t>(row)] ? valid : train).rows.push_back(row);
    if (how.divides() && (train.rows.empty() || valid.rows.empty())) {
      sink.report(how.by_at.valid() ? how.by_at : recipe.span, diag::DataSplitEmpty,
                  how.fraction > 0 ? fmt::format("a share of {:g}", how.fraction)
                  : how.folds > 1  ? fmt::format("a fold of {}", how.folds)
                                   : fmt::format("the mark `{}`", how.by),
                  support::counted(data.rows, "row"),
                  train.rows.empty() ? "nothing to train on" : "nothing to validate on");
      return std::nullopt;
    }
    out.train.push_back(std::move(train));
    if (!valid.rows.empty()) out.valid.push_back(std::move(valid));
  }
  return out;
}

namespace {

/// Of so many rows the share of each group, the shares rounded so that their sum is right (largest remainders).
std::vector<std::int64_t> shares_of(std::int64_t rows, const std::vector<double>& weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<std::int64_t> counts;
  std::vector<std::pair<double, std::size_t>> remainders;
  std::int64_t given = 0;
  for (std::size_t g = 0; g < weights.size(); ++g) {
    const double share = static_cast<double>(rows) * weights[g] / sum;
    counts.push_back(static_cast<std::int64_t>(share));
    given += counts.back();
    if (weights[g] > 0) remainders.emplace_back(-(share - std::floor(share)), g);
  }
  std::sort(remainders.begin(), remainders.end());
  for (std::size_t i = 0; given < rows; i = (i + 1) % remainders.size()) ++counts[remainders[i].second], ++given;
  return counts;
}

/// `count` rows of a group: all of them before any comes again, in a new order each time; without shuffling they go on
/// where the epoch before ended.
std::vector<std::int64_t> taken(const std::vector<std::int64_t>& rows, std::int64_t count, Random* random,
                                std::int64_t epoch) {
  std::vector<std::int64_t> out;
  const auto size = static_cast<std::int64_t>(rows.size());
  for (std::int64_t i = 0; !random && i < count; ++i)
    out.push_back(rows[static_cast<std::size_t>(((epoch - 1) * count + i) % size)]);
  while (random && static_cast<std::int64_t>(out.size()) < count) {
    std::vector<std::int64_t> round = rows;
    random->shuffle(round);
    const std::int64_t left = std::min(size, count - static_cast<std::int64_t>(out.size()));
    out.insert(out.end(), round.begin(), round.begin() + left);
  }
  return out;
}

/// Groups in step: next comes the one that is furthest behind its share.
std::vector<std::int64_t> interleaved(const std::vector<std::vector<std::int64_t>>& groups, std::int64_t rows) {
  std::vector<std::int64_t> out;
  std::vector<std::size_t> at(groups.size(), 0);
  while (static_cast<std::int64_t>(out.size()) < rows) {
    std::size_t next = 0;
    double most = -1;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const double behind =
          static_cast<double>(groups[g].size()) * static_cast<double>(out.size() + 1) / static_cast<double>(rows) -
          static_cast<double>(at[g]);
      if (at[g] < groups[g].size() && behind > most) most = behind, next = g;
    }
    out.push_back(groups[next][at[next]++]);
  }
  return out;
}

/// As many rows as the part has, the groups by their weights.
std::vector<std::int64_t> drawn(const Part& part, const Shares& shares, Random* random, std::int64_t epoch) {
  std::vector<std::vector<std::int64_t>> groups(shares.weights.size());
  for (const std::int64_t row : part.rows)
    groups[static_cast<std::size_t>(shares.group[static_cast<std::size_t>(row)])].push_back(row);
  std::vector<double> weights = shares.weights;
  for (std::size_t g = 0; g < groups.size(); ++g)
    if (groups[g].empty()) weights[g] = 0;
  // Where only parts without weight are left, their rows are all there is.
  if (std::all_of(weights.begin(), weights.end(), [](double weight) { return weight == 0; })) {
    std::vector<std::int64_t> rows = part.rows;
    if (random) random->shuffle(rows);
    return rows;
  }
  const auto rows = static_cast<std::int64_t>(part.rows.size());
  const std::vector<std::int64_t> counts = shares_of(rows, weights);
  for (std::size_t g = 0; g < groups.size(); ++g) groups[g] = taken(groups[g], counts[g], random, epoch);
  if (!random) return interleaved(groups, rows);
  std::vector<std::int64_t> all;
  for (const auto& group : groups) all.insert(all.end(), group.begin(), group.end());
  random->shuffle(all);
  return all;
}

}  // namespace

std::vector<Batch> batches(const std::vector<Part>& parts, std::int64_t size, bool shuffle, std::int64_t seed,
                           std::int64_t epoch) {
  std::vector<std::shared_ptr<const Rows>> orders;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Random random(mix_seed(seed, fmt::format("epoch/{}/{}", epoch, i)));
    const bool shuffled = shuffle && parts[i].data->shuffle;
    if (shuffle && parts[i].data->shares) {
      orders.push_back(
          std::make_shared<const Rows>(drawn(parts[i], *parts[i].data->shares, shuffled ? &random : nullptr, epoch)));
      continue;
    }
    auto order = std::make_shared<Rows>(parts[i].rows);
    if (shuffled) order->shuffle(random);
    orders.push_back(std::move(order));
  }
  std::vector<Batch> out;
  const auto step = static_cast<std::size_t>(std::max<std::int64_t>(size, 1));
  for (std::size_t at = 0, left = 1; left > 0; at += step) {
    left = 0;
    for (std::size_t i = 0; i < orders.size(); ++i) {
      if (at >= orders[i]->size()) continue;
      out.push_back({i, {orders[i], at, std::min(step, orders[i]->size() - at)}});
      ++left;
    }
  }
  return out;
}

void lay_along_windows(std::vector<Batch>& batches, const std::vector<Part>& parts) {
  for (std::size_t part = 0; part < parts.size(); ++part) {
    if (parts[part].data->windows.n == 0) continue;
    std::vector<std::int64_t> windows;
    std::vector<Batch*> own;
    for (Batch& batch : batches)
      if (batch.part == part) {
        own.push_back(&batch);
        windows.insert(windows.end(), batch.rows.begin(), batch.rows.end());
      }
    for (std::size_t i = 0; i < own.size(); ++i) {
      std::vector<std::int64_t> laid;
      for (std::size_t at = i; at < windows.size(); at += own.size()) laid.push_back(windows[at]);
      own[i]->rows = std::move(laid);
    }
  }
}

}  // namespace modelc::data
