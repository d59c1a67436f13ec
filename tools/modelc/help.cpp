#include "modelc/help.h"

#include <fmt/format.h>

namespace modelc::cli {

using catalogue::Command;
using catalogue::Option;

std::string overview() {
  std::string out = "usage: modelc COMMAND [options]\n\nA compiler for neural-network descriptions.\n\ncommands:\n";
  for (const Command& c : catalogue::commands()) {
    out += fmt::format("  {:<18} {}\n", fmt::format("{} {}", c.name, c.arguments), c.summary);
  }
  out += "\n  -h, --help         this text; `modelc COMMAND --help` for one command, with examples\n";
  out += "  --version          the version\n";
  out += "\nFILE is a description, a checkpoint, or either with a variant: `model.yaml@small`.\n";
  out +=
      "exit codes: 0 done, 1 errors in a file, 2 wrong usage, 3 failed at run time, 70 a fault of modelc, 130 "
      "interrupted\n";
  return out;
}

std::string help_of(const Command& command) {
  std::string out = fmt::format("usage: modelc {} {}{}[options]\n\n{}\n\noptions:\n", command.name, command.arguments,
                                command.arguments.empty() ? "" : " ", command.summary);
  for (const Option& option : catalogue::options_of(command)) {
    std::string spaced;
    for (const char c : option.names) spaced += c == ',' ? std::string(", ") : std::string(1, c);
    if (!option.value.empty()) spaced += fmt::format(" {}", option.value);
    out += fmt::format("  {:<26} {}\n", spaced, option.sentence);
  }
  out += "  -h, --help                 this text\n\nexamples:\n";
  for (const std::string_view example : command.examples) out += fmt::format("  {}\n", example);
  return out;
}

std::string wrong_count(const Command& command, std::size_t given) {
  if (given >= command.least && given <= command.most) return {};
  if (command.most == 0) return fmt::format("`modelc {}` takes no argument, got {}", command.name, given);
  const std::string word(command.arguments.substr(0, command.arguments.find('.')));
  if (given < command.least) return fmt::format("`modelc {}` needs a {}", command.name, word);
  if (command.least == 0) return fmt::format("`modelc {}` takes one {}", command.name, word.substr(1, word.size() - 2));
  return fmt::format("`modelc {}` takes one {}, got {}", command.name, word, given);
}

}  // namespace modelc::cli
