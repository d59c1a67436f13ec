// Runs whole descriptions: `modelc_cases KIND FILE…` with FILE relative to tests/, where it is run; for a
// constraint its id.
//
//   fault   reports exactly what its comments say, where they stand, and reads as the `.txt` beside it
//   sound   reports nothing, and its IR is the `.ir.exp` beside it
//   model   reports no error
//   names   every name of a model means something; what, is the `.exp` of that name in tests/names
//   named   every name of a sound description means something
//   pass    the IR beside it (`.exp`) is what the pass that its folder is named for makes of the IR in it; what the
//           pass reports stands in front
//   padded  reports no error whatever the number of values before it, 0 to 70: a reference that is held while its
//           container grows is found by the address sanitizer only where it does grow
//   padded_some   the same with every eighth number
//   padded_fault  a faulty one, with every eighth number: still reports
//   constraint  the description that constraints/ has for the id of a constraint breaks that one and no other
//
// MODELC_REFRESH=1 writes what stands beside a case anew; the difference is read before it is committed.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "case.h"
#include "constraints.h"
#include "ir/ir.h"
#include "ir/read_text.h"

namespace {

using namespace modelc;
using namespace modelc::cases;
namespace fs = std::filesystem;

int faults = 0;

void fail(const std::string& file, const std::string& what) {
  ++faults;
  std::printf("%s: %s\n", file.c_str(), what.c_str());
}

/// `made` must be what stands in `beside`.
void compare(const std::string& file, const fs::path& beside, const std::string& made) {
  if (std::getenv("MODELC_REFRESH") != nullptr) {
    if (!fs::exists(beside) || contents(beside.string()) != made) std::ofstream(beside, std::ios::binary) << made;
    return;
  }
  const std::string command = "; if the difference is meant: MODELC_REFRESH=1 ctest --test-dir build/release -R cases";
  if (!fs::exists(beside)) return fail(file, beside.string() + " is missing" + command);
  const std::string stood = contents(beside.string());
  if (stood == made) return;
  fail(file, beside.string() + " differs" + command + "\n--- expected\n" + stood + "--- made\n" + made);
}

/// What `compile` makes, whose word that it is sound is held against the reports: it is made of values, not of them.
Outcome compiled(const std::string& file, const Options& options) {
  Outcome outcome = compile(file, options);
  if (!outcome.consistent) fail(file, "the program says that it is sound, or not, and the reports say otherwise");
  return outcome;
}

void run_fault(const std::string& file) {
  const std::string text = contents(file);
  const Outcome outcome = compiled(file, options_of(text));
  const std::string wanted = joined(expected(text)), found = joined(outcome.reports);
  if (wanted.empty()) fail(file, "has no comment `# error: M…` that says what is expected");
  if (wanted != found) fail(file, "expected\n" + wanted + "reported\n" + found + outcome.rendered);
  for (const std::string& id : outcome.constraints)
    if (!is_declared(id)) fail(file, "a report M6001 has the constraint \"" + id + "\", which no operator declares");
  compare(file, fs::path(file).replace_extension(".txt"), outcome.rendered);
}

void run_constraint(const std::string& id) {
  const auto text = breaking(id);
  if (!text) return fail(id, "constraints/ has no description that breaks it");
  Options options;
  // Beside the tables, so that a description finds its data there.
  const std::string path = fs::absolute("constraints/" + id + ".yaml").string();
  options.overrides.contents[path] = *text;
  const Outcome outcome = compiled(path, options);
  if (outcome.constraints != std::multiset{id} || outcome.reports.size() != 1)
    fail(id, "expected this constraint to be reported, and nothing else\n" + *text + outcome.rendered);
}

/// The text of the IR is read back as the same program, and as one that keeps the rules.
void read_back(const std::string& file, const std::string& text) {
  types::DimTable dims;
  const types::DimTable::Scope scope(dims);
  const ir::ReadText read = ir::read_text(text);
  if (!read.ok) return fail(file, "line " + std::to_string(read.fault.line) + " of its IR: " + read.fault.what);
  const std::string again = ir::print(read.program);
  if (again != text) fail(file, "its IR is read back differently\n--- printed\n" + text + "--- read\n" + again);
  for (const std::string& broken : ir::verify(read.program)) fail(file, "its IR read back: " + broken);
}

void run_pass(const std::string& file) {
  const PassOutcome outcome = run_pass_on(contents(file), fs::path(file).parent_path().filename().string());
  for (const std::string& fault : outcome.faults) fail(file, fault);
  if (outcome.faults.empty()) compare(file, fs::path(file).replace_extension(".exp"), outcome.text);
}

/// Files are named by where they lie: seen from here.
std::string without_folder(std::string text) {
  const std::string here = fs::current_path().string() + "/";
  for (std::size_t at = text.find(here); at != std::string::npos; at = text.find(here, at)) text.erase(at, here.size());
  return text;
}

void run_sound(const std::string& file) {
  const Outcome outcome = compiled(file, options_of(contents(file)));
  if (!outcome.reports.empty()) return fail(file, "reported\n" + outcome.rendered);
  if (outcome.ir.empty()) return fail(file, "has no IR");
  compare(file, fs::path(file).replace_extension(".ir.exp"), without_folder(outcome.ir));
  read_back(file, outcome.ir);
}

void run_model(const std::string& file) {
  const Outcome outcome = compiled(file, options_of(contents(file)));
  if (outcome.ir.empty()) return fail(file, "reported\n" + outcome.rendered);
  read_back(file, outcome.ir);
}

std::string names_of(const std::string& file) {
  std::vector<std::string> unknown;
  const std::string made = names(file, options_of(contents(file)), unknown);
  for (const std::string& one : unknown) fail(file, one + " names nothing");
  return made;
}

void run_named(const std::string& file) { names_of(file); }

void run_names(const std::string& file) {
  const std::string made = names_of(file);
  const fs::path model(file);
  compare(file, fs::path("names") / model.parent_path().filename() / model.filename().replace_extension(".exp"), made);
}

/// `visit(outcome, count)` for the description with `first`, `first + step`, … values before it, up to 70.
template <class Visit>
void with_values_before(const std::string& file, const std::string& text, int first, int step, Visit visit) {
  Options options = options_of(text);
  const std::string path = fs::canonical(file).string();
  for (int count = first; count <= 70; count += step) {
    options.overrides.contents[path] = padded(text, count);
    visit(compiled(file, options), count);
  }
}

/// Where the steps of a file begin, so that those of many files meet every number.
int offset_of(const std::string& file, int step) { return static_cast<int>(file.size()) % step; }

void run_padded(const std::string& file, int step) {
  const std::string text = contents(file);
  if (padded(text, 0).empty()) {
    // What inherits all of it is compiled with its base, which others pad.
    if (text.find("extends:") == std::string::npos) fail(file, "has neither `forward` nor `layers` to put values into");
    return;
  }
  with_values_before(file, text, offset_of(file, step), step, [&](const Outcome& outcome, int count) {
    if (outcome.ir.empty()) fail(file, std::to_string(count) + " values before it: reported\n" + outcome.rendered);
  });
}
void run_padded_by_one(const std::string& file) { run_padded(file, 1); }
void run_padded_by_eight(const std::string& file) { run_padded(file, 8); }

/// A fault stays one, whatever stands before it.
void run_padded_fault(const std::string& file) {
  const std::string text = contents(file);
  if (padded(text, 0).empty()) return;
  with_values_before(file, text, offset_of(file, 8), 8, [&](const Outcome& outcome, int count) {
    if (outcome.reports.empty()) fail(file, std::to_string(count) + " values before it: nothing is reported");
  });
}

}  // namespace

int main(int argc, char** argv) {
  static const std::map<std::string, void (*)(const std::string&)> kKinds = {{"constraint", run_constraint},
                                                                             {"fault", run_fault},
                                                                             {"sound", run_sound},
                                                                             {"model", run_model},
                                                                             {"named", run_named},
                                                                             {"names", run_names},
                                                                             {"pass", run_pass},
                                                                             {"padded", run_padded_by_one},
                                                                             {"padded_some", run_padded_by_eight},
                                                                             {"padded_fault", run_padded_fault}};
  const auto run = kKinds.find(argc > 1 ? argv[1] : "");
  if (run == kKinds.end() || argc < 3) {
    std::string kinds;
    for (const auto& [name, function] : kKinds) kinds += (kinds.empty() ? "" : "|") + name;
    std::fprintf(stderr, "modelc_cases %s FILE...\n", kinds.c_str());
    return 2;
  }
  for (int i = 2; i < argc; ++i) run->second(argv[i]);
  return faults == 0 ? 0 : 1;
}
