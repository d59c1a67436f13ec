// The commands of the program and their options: help, parsing, usage messages and the reference page read this list.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modelc::catalogue {

enum class CommandId : std::uint8_t {
  Check,
  Summary,
  Ir,
  Resolve,
  Test,
  Fmt,
  Build,
  Train,
  LrFind,
  Sweep,
  Runs,
  Bench,
  Eval,
  Predict,
  Explain,
  Ops,
  Schema,
  Diff,
  WeightsShow,
  WeightsMatch,
  DataShow,
  New
};

enum class OptionId : std::uint8_t {
  Variant,
  Set,
  Replace,
  Append,
  Prepend,
  Wrap,
  Remove,
  Freeze,
  Device,
  Seed,
  Threads,
  Format,
  Color,
  Quiet,
  Verbose,
  Where,
  Fix,
  Werror,
  Check,
  Input,
  After,
  Resume,
  Overwrite,
  Weights,
  Only,
  Except,
  Rename,
  New,
  Prefer,
  SaveOnly,
  Inputs,
  Generate,
  Prompt,
  Data,
  Split,
  Output,
  Outputs,
  DryRun,
  Overfit,
  Limit,
  Profile,
  Until,
  From,
  To,
  Steps,
  Over,
  Samples,
  Halving,
  Metric,
  Mode,
  Jobs,
};

struct Option {
  OptionId id;
  std::string_view names;     // "-o,--output"
  std::string_view value;     // as in the help, `NAME=VALUE`; empty: a flag
  std::string_view type;      // `{text|json}`, `int`: in the notation of arguments; empty: text of a form of its own
  bool repeated = false;      // may be given more than once
  std::string_view sentence;  // without a capital and a full stop
  std::string_view example;

  /// `--output`.
  std::string_view long_name() const { return names.substr(names.find("--")); }
};

struct Command {
  CommandId id;
  std::string_view name;       // of one word or two
  std::string_view arguments;  // as in the usage line: `FILE...`
  std::string_view summary;
  std::vector<std::string_view> examples;
  std::size_t least = 1, most = 1;  // arguments
  bool reads_file = true;           // a FILE, and the options common to all that read one
  std::vector<Option> own;
};

/// In the order of the help text.
const std::vector<Command>& commands();
/// What a command takes: its own options, those of all that read a FILE, those of all.
std::vector<Option> options_of(const Command& command);
/// The options of all commands that read a FILE, and of all commands.
const std::vector<Option>& file_options();
const std::vector<Option>& output_options();

/// The words of an option whose type is `{a|b}`; empty for any other.
std::vector<std::string> words_of(const Option& option);

}  // namespace modelc::catalogue
