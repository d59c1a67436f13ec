// The CLI11 wall: argv becomes an Invocation here and nowhere else. One App is built, for the one command that is run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "modelc/output.h"
#include "support/spelling.h"
#include "types/device.h"

namespace modelc::cli {
namespace {

constexpr const char* kVersion = MODELC_VERSION;

/// Texts as given, before they are taken apart.
struct Raw {
  std::vector<std::string> set, replace, where, sizes, only;
  std::string format = "text", colour = "auto", seed;
};

bool is_one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

CLI::Option* repeated(CLI::App& app, const std::string& name, std::vector<std::string>& into, const std::string& help,
                      const std::string& value) {
  return app.add_option(name, into, help)->type_name(value)->expected(1)->allow_extra_args(false)->take_all();
}

void add_common(CLI::App& app, Invocation& in, Raw& raw) {
  app.add_option("--variant", in.overrides.variant, "a variant of the description")->type_name("NAME");
  repeated(app, "--set", raw.set, "a param, or a key of the recipe by path", "NAME=VALUE");
  repeated(app, "--replace", raw.replace, "another module in this place", "PATH=FILE|EXPR");
  repeated(app, "--remove", in.overrides.remove, "Identity in this place", "PATH");
  repeated(app, "--freeze", in.overrides.freeze, "stop gradients; `!glob` lets them through again", "GLOB");
  app.add_option("--device", in.device, "where to compute")->type_name("DEV");
  app.add_option("--seed", raw.seed, "of every random draw")->type_name("N");
}

void add_output(CLI::App& app, Invocation& in, Raw& raw) {
  app.add_option("--format", raw.format, "text or json")->type_name("FORMAT");
  app.add_option("--color", raw.colour, "auto, always or never; NO_COLOR is honoured")->type_name("WHEN");
  app.add_flag("-q,--quiet", in.quiet, "results and errors only");
  app.add_flag("-v,--verbose", in.verbose, "also how long each phase takes");
}

void add_own(CLI::App& app, const std::string& command, Invocation& in, Raw& raw) {
  if (command == "check") {
    repeated(app, "--where", raw.where, "sizes of symbols to check for", "H=224,W=224");
    app.add_flag("--fix", in.fix, "apply the fixes that are certain");
    app.add_flag("--werror", in.werror, "treat warnings as errors");
  } else if (command == "summary") {
    repeated(app, "--input", raw.sizes, "sizes of an input, for FLOPs and shapes", "x=8x3x224x224");
  } else if (command == "ir") {
    app.add_option("--after", in.after, "the phase whose result is printed")->type_name("PHASE");
  } else if (command == "train") {
    app.add_flag("--resume", in.resume, "go on with the run in the run folder");
    app.add_flag("--overwrite", in.overwrite, "replace the run that is in the run folder");
    app.add_option("--weights", in.weights, "start from this weight file or checkpoint")->type_name("W");
    repeated(app, "-o,--output", in.outputs, "the run folder", "RUNDIR");
  } else if (command == "build") {
    app.add_option("--weights", in.weights, "a weight file or checkpoint")->type_name("W");
    repeated(app, "-o,--output", in.outputs, "the checkpoint to write", "OUT");
  } else if (command == "eval") {
    app.add_option("--weights", in.weights, "a weight file or checkpoint")->type_name("W");
    app.add_option("--prefer", in.prefer, "file or checkpoint, where their descriptions differ")->type_name("WHICH");
  } else if (command == "predict") {
    app.add_option("--weights", in.weights, "a weight file or checkpoint")->type_name("W");
    app.add_option("--prefer", in.prefer, "file or checkpoint, where their descriptions differ")->type_name("WHICH");
    repeated(app, "--inputs", in.inputs, ".safetensors, .npz, NAME=FILE.npy or NAME=VALUE", "IN");
    repeated(app, "-o,--output", in.outputs, ".safetensors, .npz or NAME=FILE.npy", "OUT");
    repeated(app, "--outputs", raw.only, "compute only these", "NAME,...");
  }
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

/// The message of what is wrong, or empty.
std::string take_apart(const Raw& raw, Invocation& in) {
  std::string fault = pairs("--set", raw.set, in.overrides.set);
  if (fault.empty()) fault = pairs("--replace", raw.replace, in.overrides.replace);
  if (!fault.empty()) return fault;
  for (const auto& [path, value] : in.overrides.replace) {
    if (value.empty()) return fmt::format("`--replace {}=` names no FILE and no EXPR", path);
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
  if (!in.prefer.empty() && !is_one_of(in.prefer, {"file", "checkpoint"}))
    return fmt::format("`--prefer` is file or checkpoint, got `{}`", in.prefer);
  if (!in.device.empty() && !types::is_device(in.device))
    return fmt::format("`--device` takes {}, got `{}`", types::kDeviceWords, in.device);
  if (!raw.seed.empty() && !(in.seed = number<std::int64_t>(raw.seed))) {
    return fmt::format("`--seed` takes an integer, got `{}`", raw.seed);
  }
  if (!is_one_of(raw.format, {"text", "json"})) return fmt::format("`--format` is text or json, got `{}`", raw.format);
  if (!is_one_of(raw.colour, {"auto", "always", "never"})) {
    return fmt::format("`--color` is auto, always or never, got `{}`", raw.colour);
  }
  in.format = raw.format == "json" ? Format::Json : Format::Text;
  in.colour = raw.colour == "auto" ? Colour::Auto : raw.colour == "always" ? Colour::Always : Colour::Never;
  return {};
}

std::string overview() {
  std::string out = "usage: modelc COMMAND [options]\n\nA compiler for neural-network descriptions.\n\ncommands:\n";
  for (const Command& c : commands()) {
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

std::string help_of(const Command& command, const CLI::App& app) {
  std::string out = fmt::format("usage: modelc {} {} [options]\n\n{}\n\noptions:\n", command.name, command.arguments,
                                command.summary);
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) continue;
    std::string head = option->get_name(false, true);
    std::string spaced;
    for (const char c : head) spaced += c == ',' ? std::string(", ") : std::string(1, c);
    if (option->get_expected_min() > 0 && !option->get_type_name().empty()) spaced += " " + option->get_type_name();
    out += fmt::format("  {:<26} {}\n", spaced, option->get_description());
  }
  out += "  -h, --help                 this text\n\nexamples:\n";
  for (const std::string_view example : command.examples) out += fmt::format("  {}\n", example);
  return out;
}

std::string unknown_option(const std::string& given, const CLI::App& app) {
  const std::string name = given.substr(0, given.find('='));
  std::vector<std::string> known = {"--help", "--version"};
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name_of : option->get_lnames()) known.push_back("--" + name_of);
  }
  std::string message = fmt::format("unknown option `{}`", name);
  if (const auto near = support::nearest(name, known)) message += fmt::format(", did you mean `{}`?", *near);
  return message;
}

std::string wrong_count(const Command& command, std::size_t given) {
  if (command.name == "ops") return given > 1 ? "`modelc ops` takes one NAME" : "";
  if (command.name == "check") return given == 0 ? "`modelc check` needs a FILE" : "";
  if (given == 0) return fmt::format("`modelc {}` needs a {}", command.name, command.arguments);
  return given > 1 ? fmt::format("`modelc {}` takes one {}, got {}", command.name, command.arguments, given) : "";
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
  const std::string& wanted = help ? words[1] : words[0];
  const auto command =
      std::find_if(commands().begin(), commands().end(), [&](const Command& c) { return c.name == wanted; });
  if (command == commands().end()) {
    if (wanted.starts_with("-"))
      return done(usage_error(fmt::format("`{}` stands before the command, options follow it", wanted)));
    std::vector<std::string> known;
    for (const Command& c : commands()) known.emplace_back(c.name);
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
  const bool takes_file = wanted != "explain" && wanted != "ops";
  add_own(app, wanted, in, raw);
  if (takes_file) add_common(app, in, raw);
  add_output(app, in, raw);
  const std::string text = help_of(*command, app);
  app.add_option("arguments", in.arguments);
  app.add_flag("-h,--help", wants_help);
  app.add_flag("--version", wants_version);
  app.allow_extras();
  try {
    std::vector<std::string> rest(words.rbegin(), words.rend() - (help ? 2 : 1));
    app.parse(rest);
  } catch (const CLI::ParseError& error) {
    // An unknown option explains what CLI11 made of the words behind it.
    for (const std::string& word : app.remaining()) {
      if (word.starts_with("-") && word != "-") return done(usage_error(unknown_option(word, app), wanted));
    }
    return done(usage_error(error.what(), wanted));
  }
  if (wants_help) return print(text), done(kDone);
  if (wants_version) return print(fmt::format("modelc {}\n", kVersion)), done(kDone);
  for (const std::string& word : app.remaining()) {
    if (word.starts_with("-") && word != "-") return done(usage_error(unknown_option(word, app), wanted));
    in.arguments.push_back(word);
  }
  std::string fault = take_apart(raw, in);
  if (fault.empty()) fault = wrong_count(*command, in.arguments.size());
  if (!fault.empty()) return done(usage_error(fault, wanted));
  out.invocation = std::move(in);
  return out;
}

}  // namespace modelc::cli
