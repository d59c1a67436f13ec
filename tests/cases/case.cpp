#include "case.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "diagnostics/edits.h"
#include "diagnostics/render_text.h"
#include "elaborate/settle.h"
#include "ir/ir.h"
#include "ir/read_text.h"
#include "pipeline/compile.h"
#include "resolve/resolve.h"
#include "resolve/show.h"

namespace modelc::cases {

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Reports expected(const std::string& text) {
  Reports reports;
  static const std::regex comment("# ((?:(?:error|warning): M[0-9]{4}(?:, )?)+)$");
  static const std::regex one("(error|warning): (M[0-9]{4})");
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::smatch match;
    if (!std::regex_search(line, match, comment)) continue;
    const std::string all = match[1];
    for (std::sregex_iterator at(all.begin(), all.end(), one), end; at != end; ++at) {
      reports.insert(std::to_string(number) + ": " + (*at)[1].str() + " " + (*at)[2].str());
    }
  }
  return reports;
}

Options options_of(const std::string& text) {
  Options options;
  const std::string mark = "# command: ";
  if (!text.starts_with(mark)) return options;
  std::string line = text.substr(mark.size(), text.find('\n') - mark.size());
  if (const auto comment = line.find(" # "); comment != std::string::npos) line.resize(comment);
  std::istringstream words(line);
  std::string option, value;
  while (words >> option >> value) {
    const auto equal = value.find('=');
    const std::string name = value.substr(0, equal), rest = equal == std::string::npos ? "" : value.substr(equal + 1);
    if (option == "--set") options.overrides.set.emplace_back(name, rest);
    else if (option == "--replace") options.overrides.replace.emplace_back(name, rest);
    else if (option == "--remove") options.overrides.remove.push_back(value);
    else if (option == "--freeze") options.overrides.freeze.push_back(value);
    else if (option == "--variant") options.overrides.variant = value;
    else if (option == "--where") {
      std::istringstream sizes(value);
      for (std::string one; std::getline(sizes, one, ',');) {
        options.elaborate.where[one.substr(0, one.find('='))] = std::stoll(one.substr(one.find('=') + 1));
      }
    } else {
      std::fprintf(stderr, "a case has the unknown option %s\n", option.c_str());
      std::exit(2);
    }
  }
  return options;
}

namespace {

/// The lines that `check --fix` writes anew, one round of it.
std::string fixed_lines(const std::vector<diagnostics::Diagnostic>& found, const support::SourceFile& source,
                        support::FileId file) {
  std::vector<diagnostics::Edit> edits;
  for (const auto& d : found)
    for (const auto& edit : d.fixes)
      if (edit.span.file == file) edits.push_back(edit);
  if (edits.empty()) return {};
  const support::SourceFile after(source.path(), diagnostics::edited(source.text(), edits).text);
  std::string lines;
  for (std::uint32_t n = 1; n <= after.line_count(); ++n)
    if (after.line(n) != source.line(n)) lines += std::to_string(n) + " | " + std::string(after.line(n)) + "\n";
  return lines.empty() ? lines : "fixed:\n" + lines;
}

}  // namespace

Outcome compile(const std::string& path, const Options& options) {
  types::DimTable dims;
  const types::DimTable::Scope scope(dims);
  support::SourceManager sources;
  diagnostics::Sink sink;
  Outcome outcome;
  const auto compiled =
      pipeline::compile(sources, path, options.overrides, options.elaborate, sink, {}, {.verify = true});
  const auto found = sink.sorted();
  const std::string name = std::filesystem::path(path).filename().string();
  for (const auto& d : found) {
    const bool here = sources.contains(d.span.file) && sources.file(d.span.file).path().ends_with(name);
    const auto line = here ? sources.file(d.span.file).position(d.span.begin).line : 1;
    outcome.reports.insert(std::to_string(line) +
                           (d.severity == diagnostics::Severity::Error ? ": error " : ": warning ") +
                           std::string(d.code));
    if (d.code == diag::OperatorRule.row.code) outcome.constraints.emplace(d.constraint);
  }
  outcome.rendered = diagnostics::render_text(found, sources);
  for (support::FileId file = 1; sources.contains(file); ++file)
    if (sources.file(file).path().ends_with(name)) outcome.rendered += fixed_lines(found, sources.file(file), file);
  outcome.consistent = (compiled && compiled->sound) != sink.has_errors();
  if (compiled && compiled->sound) outcome.ir = ir::print(compiled->elaborated.program);
  return outcome;
}

PassOutcome run_pass_on(const std::string& text, const std::string& pass) {
  types::DimTable dims;
  const types::DimTable::Scope scope(dims);
  PassOutcome outcome;
  const auto fault = [&](const std::string& what) { outcome.faults.push_back(what); };
  ir::ReadText read = ir::read_text(text);
  if (!read.ok) fault("line " + std::to_string(read.fault.line) + ": " + read.fault.what);
  for (const std::string& broken : ir::verify(read.program)) fault("before the pass: " + broken);
  const auto& all = passes::passes();
  const auto found = std::find_if(all.begin(), all.end(), [&](const passes::Pass& p) { return p.name == pass; });
  if (found == all.end()) fault("there is no pass `" + pass + "`");
  if (!outcome.faults.empty()) return outcome;
  diagnostics::Sink sink;
  found->run(read.program, sink);
  for (const std::string& broken : ir::verify(read.program)) fault("after the pass: " + broken);
  outcome.text = diagnostics::render_text(sink.sorted(), support::SourceManager(), false) + ir::print(read.program);
  const ir::ReadText again = ir::read_text(ir::print(read.program));
  if (!again.ok || ir::print(again.program) != ir::print(read.program)) fault("what it made is not read back");
  return outcome;
}

std::string names(const std::string& path, const Options& options, std::vector<std::string>& unknown) {
  support::SourceManager sources;
  diagnostics::Sink sink;
  const auto composition = compose::compose(sources, path, options.overrides, sink, elaborate::settle);
  if (!composition) {
    unknown.push_back("the description cannot be read: it");
    return {};
  }
  const support::FileId file = composition->root->span.file;
  const resolve::Names names = resolve::resolve(*composition->root, composition->files);
  for (const resolve::Use& use : names.uses) {
    if (use.certainty == resolve::Certainty::Unknown) unknown.push_back(use.name);
  }
  return resolve::show_all(names, file, sources);
}

std::string padded(const std::string& text, int count) {
  // `forward:` or `layers:` of the outermost level, and how its body begins: a list or mapping below it, or a value.
  static const std::regex body(
      R"((?:^|\n)(forward|layers):(?: *(?:#[^\n]*)?\n((?: *#[^\n]*\n)*)( *)(- )?| *(\[)?(?=[^ \n])))");
  std::smatch found;
  if (!std::regex_search(text, found, body)) return "";
  const bool calls = found[1] == "forward", flow = found[5].matched;
  // One value that is not in a list becomes the last of one.
  const bool below = found[3].matched, list = !below || found[4].matched;
  const std::string indent = below ? found[3].str() : "  ", item = list ? "- " : "";
  std::string out = found.prefix().str() + "\n" + found[1].str() + ":" + (flow ? " [" : "\n");
  for (int i = 0; i < count; ++i) {
    const std::string entry = "padding" + std::to_string(i) + (calls ? ": zeros(2)" : ": Identity");
    out += flow ? "{" + entry + "}, " : indent + item + entry + "\n";
  }
  return out + (flow ? "" : indent + item) + found.suffix().str();
}

std::string joined(const Reports& reports) {
  std::string all;
  for (const std::string& r : reports) all += r + "\n";
  return all;
}

}  // namespace modelc::cases
