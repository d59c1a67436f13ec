// Any bytes as a tokenizer.json. One that is accepted numbers any text within its size, and makes a text of any
// numbers.
#include "text/tokenizer.h"

#include <limits>
#include <vector>

#include "target.h"

using namespace modelc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string json(fuzz::text_of(data, size));
  const auto tokenizer = text::Tokenizer::parse(json, "tokenizer.json");
  fuzz::promise(tokenizer || !tokenizer.fault.message.empty(), "a refused file has a reason");
  if (!tokenizer) return 0;
  const text::Tokenizer& made = **tokenizer.value;
  // Some of it is in its vocabulary: its own file, in pieces, and what no vocabulary has.
  const std::string given = json.substr(0, 400) + " low lower Playing caf\xC3\xA9  1 2\n\xFF\xE2\x82 \xF0\x9F\x98\x80";
  for (const bool around : {false, true}) {
    std::vector<std::int64_t> ids;
    for (const std::int32_t id : made.encode(given, around)) {
      fuzz::promise(id >= 0 && id < made.size(), "a number lies within the size");
      ids.push_back(id);
    }
    (void)made.decode(ids);
  }
  (void)made.decode(
      {-1, made.size(), std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()});
  return 0;
}
