// Results as text or JSON on standard output, and scores as one line.
#pragma once

#include "train/rate_schedule.h"
#include "train/session.h"

namespace modelc::train {

/// `valid.loss 0.41  valid.accuracy 0.93`.
std::string one_line(const std::string& split, const Scores& scores);

/// The same as figures by name.
Figures figures_of(const std::string& split, const Scores& scores);

class Results {
 public:
  void add(const std::string& name, double value);
  void add(const std::string& name, std::int64_t count);
  void add(const std::string& name, const std::string& text);
  void add(const std::string& split, const Scores& scores);
  /// `name value` lines, or one JSON object. False where standard output cannot be written.
  bool print(bool json) const;

 private:
  struct Entry {
    std::string name, text;
    double value = 0;
    bool number = false, whole = false;
  };
  std::vector<Entry> entries_;
};

}  // namespace modelc::train
