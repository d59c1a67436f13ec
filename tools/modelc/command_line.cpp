// The CLI11 wall: argv becomes an Invocation here and nowhere else. One App is built, for the one command that is run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>

#include "api.h"
#include "catalogue/keys.h"
#include "modelc/help.h"
#include "modelc/output.h"
#include "support/spelling.h"
#include "types/device.h"

namespace modelc::cli {
namespace {

using catalogue::Option;
using catalogue::OptionId;

constexpr const char* kVersion = MODELC_VERSION;

/// Texts as given, before they are taken apart.
struct Raw {
  std::vector<std::string> set, replace, append, prepend, wrap, where, sizes, only, rename, over;
  std::string format = "text", colour = "auto";
  std::map<OptionId, std::string> numbers;
};

/// Where CLI11 puts what an option is given.
std::vector<std::string>* list_of(OptionId id, Invocation& in, Raw& raw) {
  switch (id) {
    case OptionId::Set:
      return &raw.set;
    case OptionId::Replace:
      return &raw.replace;
    case OptionId::Append:
      return &raw.append;
    case OptionId::Prepend:
      return &raw.prepend;
    case OptionId::Wrap:
      return &raw.wrap;
    case OptionId::Remove:
      return &in.overrides.remove;
    case OptionId::Freeze:
      return &in.overrides.freeze;
    case OptionId::Where:
      return &raw.where;
    case OptionId::Input:
      return &raw.sizes;
    case OptionId::Weights:
      return &in.weights;
    case OptionId::Inputs:
      return &in.inputs;
    case OptionId::Prompt:
      return &in.prompts;
    case OptionId::Output:
      return &in.outputs;
    case OptionId::Outputs:
      return &raw.only;
    case OptionId::Only:
      return &in.weight_keys.only;
    case OptionId::Except:
      return &in.weight_keys.except;
    case OptionId::Rename:
      return &raw.rename;
    case OptionId::Over:
      return &raw.over;
    case OptionId::New:
      return &in.weight_keys.created;
    default:
      return nullptr;
  }
}

std::optional<std::int64_t>* integer_of(OptionId id, Invocation& in) {
  switch (id) {
    case OptionId::Seed:
      return &in.seed;
    case OptionId::Threads:
      return &in.threads;
    case OptionId::Overfit:
      return &in.overfit;
    case OptionId::Limit:
      return &in.limit;
    case OptionId::Until:
      return &in.until;
    case OptionId::Steps:
      return &in.steps;
    case OptionId::Samples:
      return &in.samples;
    case OptionId::Jobs:
      return &in.jobs;
    default:
      return nullptr;
  }
}

std::optional<double>* float_of(OptionId id, Invocation& in) {
  switch (id) {
    case OptionId::From:
      return &in.lowest;
    case OptionId::To:
      return &in.highest;
    default:
      return nullptr;
  }
}

std::string* text_of(OptionId id, Invocation& in, Raw& raw) {
  switch (id) {
    case OptionId::Variant:
      return &in.overrides.variant;
    case OptionId::Device:
      return &in.device;
    case OptionId::Format:
      return &raw.format;
    case OptionId::Color:
      return &raw.colour;
    case OptionId::After:
      return &in.after;
    case OptionId::SaveOnly:
      return &in.save_only;
    case OptionId::Prefer:
      return &in.prefer;
    case OptionId::Metric:
      return &in.metric;
    case OptionId::Mode:
      return &in.mode;
    case OptionId::Data:
      return &in.data;
    case OptionId::Split:
      return &in.split;
    default:
      return integer_of(id, in) || float_of(id, in) ? &raw.numbers[id] : nullptr;
  }
}

bool* flag_of(OptionId id, Invocation& in) {
  switch (id) {
    case OptionId::Quiet:
      return &in.quiet;
    case OptionId::Verbose:
      return &in.verbose;
    case OptionId::Fix:
      return &in.fix;
    case OptionId::Werror:
      return &in.werror;
    case OptionId::Check:
      return &in.check;
    case OptionId::Generate:
      return &in.generates;
    case OptionId::Resume:
      return &in.resume;
    case OptionId::Overwrite:
      return &in.overwrite;
    case OptionId::DryRun:
      return &in.dry_run;
    case OptionId::Profile:
      return &in.profile;
    case OptionId::Halving:
      return &in.halving;
    default:
      return nullptr;
  }
}

void add_option(CLI::App& app, const Option& option, Invocation& in, Raw& raw) {
  const std::string names(option.names), sentence(option.sentence), value(option.value);
  if (option.value.empty()) app.add_flag(names, *flag_of(option.id, in), sentence);
  else if (!option.repeated) app.add_option(names, *text_of(option.id, in, raw), sentence)->type_name(value);
  else
    app.add_option(names, *list_of(option.id, in, raw), sentence)
        ->type_name(value)
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

template <class Number>
std::optional<Number> number(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// NAME=VALUE taken apart; what is wrong otherwise.
std::string pairs(const char* option, const std::vector<std::string>& texts,
                  std::vector<std::pair<std::string, std::string>>& out) {
  for (const std::string& text : texts) {
    const std::size_t at = text.find('=');
    if (at == std::string::npos || at == 0) return fmt::format("`{}` takes NAME=VALUE, got `{}`", option, text);
    out.emplace_back(text.substr(0, at), text.substr(at + 1));
  }
  return {};
}

/// What is wrong with an option that takes one of some words, or empty.
std::string wrong_word(const Command& command, Invocation& in, Raw& raw) {
  for (const Option& option : catalogue::options_of(command)) {
    const std::vector<std::string> words = catalogue::words_of(option);
    const std::string* given = words.empty() ? nullptr : text_of(option.id, in, raw);
    const bool may_lack = option.id == OptionId::Prefer || option.id == OptionId::Mode || option.id == OptionId::Split;
    if (!given || (given->empty() && may_lack) || std::find(words.begin(), words.end(), *given) != words.end())
      continue;
    const std::vector<std::string> first(words.begin(), words.end() - 1);
    return fmt::format("`{}` is {} or {}, got `{}`", option.long_name(), fmt::join(first, ", "), words.back(), *given);
  }
  return {};
}

/// The message of what is wrong, or empty.
std::string take_apart(const Raw& raw, Invocation& in) {
  std::string fault = pairs("--set", raw.set, in.overrides.set);
  using Edits = std::vector<std::pair<std::string, std::string>>;
  const std::tuple<const char*, const std::vector<std::string>*, Edits*> edits[] = {
      {"--replace", &raw.replace, &in.overrides.replace},
      {"--append", &raw.append, &in.overrides.append},
      {"--prepend", &raw.prepend, &in.overrides.prepend},
      {"--wrap", &raw.wrap, &in.overrides.wrap}};
  for (const auto& [option, texts, out] : edits) {
    if (fault.empty()) fault = pairs(option, *texts, *out);
    for (const auto& [path, value] : *out)
      if (fault.empty() && value.empty()) fault = fmt::format("`{} {}=` names no FILE and no EXPR", option, path);
  }
  if (!fault.empty()) return fault;
  for (const std::string& text : raw.rename) {
    const std::size_t at = text.find('=');
    if (at == std::string::npos) return fmt::format("`--rename` takes OLD=NEW, got `{}`", text);
    in.weight_keys.rename.emplace_back(text.substr(0, at), text.substr(at + 1));
  }
  for (const std::string& list : raw.where) {
    for (const std::string& text : split(list, ',')) {
      std::vector<std::pair<std::string, std::string>> pair;
      if (!(fault = pairs("--where", {text}, pair)).empty()) return fault;
      const auto size = number<std::int64_t>(pair[0].second);
      if (!size || *size < 1) return fmt::format("`--where {}` gives no size of at least 1", text);
      in.where[pair[0].first] = *size;
    }
  }
  std::vector<std::pair<std::string, std::string>> inputs;
  if (!(fault = pairs("--input", raw.sizes, inputs)).empty()) return fault;
  for (const auto& [name, text] : inputs) {
    std::vector<std::int64_t> sizes;
    for (const std::string& part : text.empty() ? std::vector<std::string>{} : split(text, 'x')) {
      const auto size = number<std::int64_t>(part);
      if (!size || *size < 1) return fmt::format("`--input {}={}` is no list of sizes such as 8x3x224x224", name, text);
      sizes.push_back(*size);
    }
    in.sizes.emplace_back(name, std::move(sizes));
  }
  for (const std::string& list : raw.only) {
    for (const std::string& name : split(list, ',')) {
      if (!name.empty()) in.only.push_back(name);
    }
  }
  if (!in.device.empty() && !types::is_device(in.device))
    return fmt::format("`--device` takes {}, got `{}`", types::kDeviceWords, in.device);
  if (!(fault = pairs("--over", raw.over, in.over)).empty()) return fault;
  in.format = raw.format == "json" ? Format::Json : Format::Text;
  in.colour = raw.colour == "auto" ? Colour::Auto : raw.colour == "always" ? Colour::Always : Colour::Never;
  return {};
}

/// What is wrong with the numbers that were given, or empty.
std::string take_numbers(const Command& command, const Raw& raw, Invocation& in) {
  for (const Option& option : catalogue::options_of(command)) {
    const auto given = raw.numbers.find(option.id);
    if (given == raw.numbers.end() || given->second.empty()) continue;
    const std::string& text = given->second;
    const auto wants = [&](const std::string& what) {
      return fmt::format("`{}` takes {}, got `{}`", option.long_name(), what, text);
    };
    if (auto* integer = integer_of(option.id, in)) {
      *integer = number<std::int64_t>(text);
      if (!*integer && option.id != OptionId::Threads) return wants("an integer");
      if (option.id == OptionId::Threads && (!*integer || **integer < 1 || **integer > runtime::kMostThreads))
        return wants(fmt::format("an integer from 1 to {}", runtime::kMostThreads));
      if (option.type.ends_with("1..") && **integer < 1) return wants("a number of at least 1");
    } else if (auto* real = float_of(option.id, in)) {
      *real = number<double>(text);
      if (!*real || !std::isfinite(**real) || **real <= 0) return wants("a number above 0");
    }
  }
  return {};
}

std::string unknown_option(const std::string& given, const CLI::App& app) {
  const std::string name = given.substr(0, given.find('='));
  std::vector<std::string> known = {"--help", "--version"};
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name_of : option->get_lnames()) known.push_back("--" + name_of);
  }
  std::string message = fmt::format("unknown option `{}`", name);
  if (const auto near = support::nearest(name, known)) return message + fmt::format(", did you mean `{}`?", *near);
  const std::string key = "train." + name.substr(std::min<std::size_t>(2, name.size()));
  if (std::count(known.begin(), known.end(), "--set") != 0 && catalogue::key_at(key))
    message += fmt::format(", did you mean `--set {}=…`?", key);
  return message;
}

/// How many words the command's name has: two where the first one begins such names.
std::size_t words_of_name(const std::vector<std::string>& words, std::size_t first) {
  const std::vector<Command>& all = catalogue::commands();
  const bool begins =
      std::any_of(all.begin(), all.end(), [&](const Command& c) { return c.name.starts_with(words[first] + " "); });
  return begins && first + 1 < words.size() && !words[first + 1].starts_with("-") ? 2 : 1;
}

Parsed done(int exit) { return {std::nullopt, nullptr, exit}; }

}  // namespace

Parsed parse_command_line(int argc, char** argv) {
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.empty()) {
    std::fputs(overview().c_str(), stderr);
    return done(kUsage);
  }
  if (words[0] == "-h" || words[0] == "--help" || (words[0] == "help" && words.size() == 1))
    return print(overview()), done(kDone);
  if (words[0] == "--version") return print(fmt::format("modelc {}\n", kVersion)), done(kDone);
  const bool help = words[0] == "help";
  const std::size_t first = help ? 1 : 0, count = words_of_name(words, first);
  const std::string wanted =
      fmt::format("{}", fmt::join(words.begin() + static_cast<std::ptrdiff_t>(first),
                                  words.begin() + static_cast<std::ptrdiff_t>(first + count), " "));
  const std::vector<Command>& commands = catalogue::commands();
  const auto command =
      std::find_if(commands.begin(), commands.end(), [&](const Command& c) { return c.name == wanted; });
  if (command == commands.end()) {
    if (wanted.starts_with("-"))
      return done(usage_error(fmt::format("`{}` stands before the command, options follow it", wanted)));
    std::vector<std::string> known, longer;
    for (const Command& c : commands) {
      known.emplace_back(c.name);
      if (c.name.starts_with(wanted + " ")) longer.emplace_back(c.name.substr(wanted.size() + 1));
    }
    if (!longer.empty())
      return done(usage_error(fmt::format("`modelc {}` is followed by {}", wanted, fmt::join(longer, " or "))));
    std::string message = fmt::format("unknown command `{}`", wanted);
    if (const auto near = support::nearest(wanted, known)) message += fmt::format(", did you mean `{}`?", *near);
    return done(usage_error(message));
  }

  Parsed out;
  out.command = &*command;
  Invocation in;
  in.command = wanted;
  Raw raw;
  CLI::App app;
  app.set_help_flag();
  app.option_defaults()->always_capture_default(false);
  bool wants_help = help, wants_version = false;
  for (const Option& option : catalogue::options_of(*command)) add_option(app, option, in, raw);
  app.add_option("arguments", in.arguments);
  app.add_flag("-h,--help", wants_help);
  app.add_flag("--version", wants_version);
  app.allow_extras();
  try {
    std::vector<std::string> rest(words.rbegin(), words.rend() - static_cast<std::ptrdiff_t>(first + count));
    app.parse(rest);
  } catch (const CLI::ParseError& error) {
    // An unknown option explains what CLI11 made of the words behind it.
    for (const std::string& word : app.remaining()) {
      if (word.starts_with("-") && word != "-") return done(usage_error(unknown_option(word, app), wanted));
    }
    return done(usage_error(error.what(), wanted));
  }
  if (wants_help) return print(help_of(*command)), done(kDone);
  if (wants_version) return print(fmt::format("modelc {}\n", kVersion)), done(kDone);
  for (const std::string& word : app.remaining()) {
    if (word.starts_with("-") && word != "-") return done(usage_error(unknown_option(word, app), wanted));
    in.arguments.push_back(word);
  }
  std::string fault = wrong_word(*command, in, raw);
  if (fault.empty()) fault = take_numbers(*command, raw, in);
  if (fault.empty()) fault = take_apart(raw, in);
  if (fault.empty()) fault = wrong_count(*command, in.arguments.size());
  if (!fault.empty()) return done(usage_error(fault, wanted));
  out.invocation = std::move(in);
  return out;
}

}  // namespace modelc::cli
