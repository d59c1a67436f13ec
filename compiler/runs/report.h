// `run.json`: what a run says of itself, beside its figures. Written by the runtime when a run begins, goes on and
// ends.
#pragma once

#include <optional>
#include <string>

#include "support/json.h"

namespace modelc::runs {

inline constexpr const char* kReportFile = "run.json";

struct Report {
  std::string name;          // of the description
  std::string version;       // of modelc
  std::string begun, ended;  // UTC, `2026-01-31T12:00:00Z`; not ended: empty
  std::string figure;        // by which the best checkpoint is chosen: `valid.loss`
  bool higher = false;       // whether a higher one is better
  std::string results;       // as `train --format json` prints them, once it has ended
};

std::string to_json(const Report& report);
/// nullopt where the text is none.
std::optional<Report> report_from_json(const std::string& text);

/// Now, as a report writes it.
std::string now_text();

}  // namespace modelc::runs
