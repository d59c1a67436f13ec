// Whole descriptions, right and wrong. Each line of a case in tests/diagnostics that something is wrong with ends in
// `# error: M6003` or `# warning: M4026` (several are separated by commas): exactly these must be reported, there. A
// case in tests/golden must be free of reports; where `CASE.ir.exp` stands beside it, its IR must read so
// (MODELC_UPDATE_GOLDENS=1 writes the file anew). A first line `# command: --set width=3 --freeze "**"` gives options;
// what is reported outside the case's own file counts for its first line.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "diagnostics/diagnostic.h"
#include "ir/ir.h"
#include "pipeline/compile.h"

namespace {

namespace fs = std::filesystem;
using namespace modelc;

const fs::path kTests = fs::path(MODELC_SOURCE_DIR) / "tests";

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<fs::path> cases(const std::string& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(kTests / folder)) {
    if (entry.path().extension() == ".yaml") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

using Reports = std::multiset<std::string>;  // "6: error M4017"

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

struct Options {
  compose::Overrides overrides;
  elaborate::Options elaborate;
};

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
    } else FAIL("unknown option " << option);
  }
  return options;
}

struct Outcome {
  Reports reports;
  std::string shown;
  std::string ir;
};

Outcome compile(const fs::path& file, const Options& options) {
  types::DimTable dims;
  const types::DimTable::Scope scope(dims);
  support::SourceManager sources;
  diagnostics::Sink sink;
  Outcome outcome;
  const auto compiled = pipeline::compile(sources, file.string(), options.overrides, options.elaborate, sink);
  const auto found = sink.sorted();
  for (const auto& d : found) {
    const bool here =
        sources.contains(d.span.file) && sources.file(d.span.file).path().ends_with(file.filename().string());
    const auto line = here ? sources.file(d.span.file).position(d.span.begin).line : 1;
    outcome.reports.insert(std::to_string(line) +
                           (d.severity == diagnostics::Severity::Error ? ": error " : ": warning ") +
                           std::string(d.code));
    outcome.shown += std::to_string(line) + ": " + std::string(d.code) + " " + d.message + "\n";
  }
  if (compiled && !sink.has_errors()) outcome.ir = ir::print(compiled->elaborated.program);
  return outcome;
}

std::string joined(const Reports& reports) {
  std::string all;
  for (const std::string& r : reports) all += r + "\n";
  return all;
}

}  // namespace

TEST_CASE("faulty descriptions: every fault at its line, and nothing else") {
  std::size_t count = 0;
  for (const fs::path& file : cases("diagnostics")) {
    const std::string text = contents(file);
    const Outcome outcome = compile(file, options_of(text));
    INFO(file.filename().string(), "\n", outcome.shown);
    CHECK(joined(outcome.reports) == joined(expected(text)));
    CHECK(!outcome.reports.empty());
    ++count;
  }
  CHECK(count >= 60);
}

TEST_CASE("sound descriptions: no report, and the IR that is expected") {
  const bool update = std::getenv("MODELC_UPDATE_GOLDENS") != nullptr;
  std::size_t count = 0;
  for (const fs::path& file : cases("golden")) {
    const Outcome outcome = compile(file, options_of(contents(file)));
    INFO(file.filename().string(), "\n", outcome.shown);
    CHECK(joined(outcome.reports) == "");
    CHECK(!outcome.ir.empty());
    fs::path beside = file;
    beside.replace_extension(".ir.exp");
    ++count;
    if (!fs::exists(beside)) continue;
    if (update) std::ofstream(beside, std::ios::binary) << outcome.ir;
    CHECK(outcome.ir == contents(beside));
  }
  CHECK(count >= 40);
}

TEST_CASE("every diagnostic of the front end occurs in a test") {
  const std::map<std::string, std::string> exempt = {
      {"M4046", "composition reports a missing component of an import first (M3510)"},
      {"M4055", "the reader reports missing `inputs` first (M3008)"},
      {"M6010", "operators report their own overflows first (M6001)"},
      {"M6018", "the reader knows the dtypes (M2017)"},
      {"M6026", "the reader reports a tensor without a value first (M3016)"},
      {"M8316", "reported by commands that need the data, not by a check"},
  };
  std::string all;
  for (const auto& entry : fs::recursive_directory_iterator(kTests)) {
    const auto extension = entry.path().extension();
    if (extension == ".yaml" || extension == ".py" ||
        (extension == ".cpp" && entry.path().filename() != "golden_test.cpp")) {
      all += contents(entry.path());
    }
  }
  for (const auto& row : diagnostics::all_rows()) {
    const std::string code(row.code);
    const bool front = code < "M7000" || (code >= "M8300" && code < "M8400") || code == "M9001";
    if (!front) continue;
    // Tests of single rooms name the row, whole descriptions its code.
    const bool tested =
        all.find(code) != std::string::npos || all.find("diag::" + std::string(row.name)) != std::string::npos;
    INFO(code, " ", row.name);
    CHECK(tested != (exempt.count(code) != 0));
  }
}
