// One whole description as a test: what its comments expect of it, its options, and what the compiler makes of it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compose/compose.h"
#include "elaborate/elaborate.h"

namespace modelc::cases {

/// "6: error M4017", each as often as it is reported.
using Reports = std::multiset<std::string>;

struct Options {
  compose::Overrides overrides;
  elaborate::Options elaborate;
};

struct Outcome {
  Reports reports;
  std::string rendered;                    // as `modelc check` shows them
  std::string ir;                          // where nothing is wrong
  std::multiset<std::string> constraints;  // of reports M6001, "" for one that names none
  bool consistent = false;                 // what the program says of itself, that it is sound, is what the reports say
};

/// What the comments of a case expect: `# error: M6003, warning: M4026` at the end of the line that is reported.
Reports expected(const std::string& text);

/// The options of a first line `# command: --set width=3 --freeze "**"`; stops the program at one that is unknown.
Options options_of(const std::string& text);

/// Compiles the file `path`; what is reported outside of it counts for its first line.
Outcome compile(const std::string& path, const Options& options);

/// What a pass makes of the text of a program: its reports, then the program; or what is wrong with the text, the pass,
/// or the rules of the IR before and after.
struct PassOutcome {
  std::string text;
  std::vector<std::string> faults;
};
PassOutcome run_pass_on(const std::string& text, const std::string& pass);

/// The table of names of the file `path`, and which of them mean nothing.
std::string names(const std::string& path, const Options& options, std::vector<std::string>& unknown);

/// The description with `count` values or modules more at the beginning of its `forward` or `layers`; "" where it has
/// neither of its own.
std::string padded(const std::string& text, int count);

std::string contents(const std::string& path);
std::string joined(const Reports& reports);

}  // namespace modelc::cases
