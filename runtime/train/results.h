// Results as text or JSON on standard output, and scores as one line.
#pragma once

#include "support/json.h"
#include "train/rate_schedule.h"
#include "train/session.h"

namespace modelc::train {

/// `valid.loss 0.41  valid.accuracy 0.93`.
std::string one_line(const std::string& split, const Scores& scores);

/// The same as figures by name.
Figures figures_of(const std::string& split, const Scores& scores);

/// The terms of the training's loss by name.
std::vector<std::string> terms_of(Session& session);
/// The figures that a training measures, in the order of metrics.csv.
std::vector<std::string> columns_of(Session& session);

class Results {
 public:
  void add(const std::string& name, double value);
  void add(const std::string& name, std::int64_t count);
  void add(const std::string& name, const std::string& text);
  void add(const std::string& split, const Scores& scores);
  /// A table: `text` behind the other results, or `json` among them.
  void add_table(const std::string& name, const std::string& text, const support::Json& json);
  std::string json() const;
  /// `name value` lines, or one JSON object. False where standard output cannot be written.
  bool print(bool json) const;

 private:
  struct Entry {
    std::string name, text;
    double value = 0;
    bool number = false, whole = false;
  };
  struct Table {
    std::string name, text, json;
  };
  std::vector<Entry> entries_;
  std::vector<Table> tables_;
};

}  // namespace modelc::train
