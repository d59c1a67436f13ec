// modelc_fed FILE --seed S --epoch E -o OUT
// Writes what the feed makes of all rows of the training source in a step of epoch E, by the names of inputs and
// targets: what a parity test compares with torchvision.
#include <cstdio>
#include <string>

#include "data/feed.h"
#include "diagnostics/render_text.h"
#include "pipeline/compile.h"
#include "weights/tensor_file.h"

namespace {

using namespace modelc;

int fail(const std::string& why) {
  std::fprintf(stderr, "modelc_fed: %s\n", why.c_str());
  return 1;
}

int run(const std::string& file, const data::Drawing& drawing, const std::string& output) {
  support::SourceManager sources;
  diagnostics::Sink sink;
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  const auto compiled = pipeline::compile(sources, file, {}, {}, sink, {}, {.verify = true});
  const auto report = [&] {
    return fail("the description or its data have faults\n" + diagnostics::render_text(sink.sorted(), sources, false));
  };
  if (!compiled || sink.has_errors()) return report();
  const ir::Data& recipe = compiled->elaborated.recipe.data;
  data::Loader loader(recipe, drawing.seed, sink);
  const auto loaded = loader.load(*recipe.train, "train");
  if (!loaded) return report();
  data::Feed feed(recipe, 0);
  const std::vector<data::Part> all = data::whole(*loaded);
  std::vector<data::FitState> fits;
  if (!feed.connect(*all[0].data, {}, sink) || !feed.fit(all, all, fits, sink)) return report();
  const std::vector<at::Tensor> fed = feed.run(all[0].rows, drawing);
  weights::NamedTensors named;
  for (std::size_t i = 0; i < fed.size(); ++i) named.emplace_back(feed.names()[i], fed[i]);
  const std::string fault = weights::write_safetensors(output, named, {});
  return fault.empty() ? 0 : fail(fault);
}

}  // namespace

int main(int count, char** words) {
  std::string file, output;
  data::Drawing drawing{true, 0, 1};
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (!word.starts_with("-")) file = word;
    else if (i + 1 == count) file.clear();
    else if (word == "--seed") drawing.seed = std::stoll(words[++i]);
    else if (word == "--epoch") drawing.epoch = std::stoll(words[++i]);
    else if (word == "-o") output = words[++i];
  }
  if (file.empty() || output.empty()) return fail("usage: modelc_fed FILE --seed S --epoch E -o OUT");
  try {
    return run(file, drawing, output);
  } catch (const std::exception& fault) {
    return fail(fault.what());
  }
}
