#include "ir/text_entries.h"

#include "ir/resizing_words.h"

namespace modelc::ir {

using ops::Init;

namespace {

std::vector<std::string> words(TextCursor& c) {
  std::vector<std::string> out;
  c.expect("[");
  while (!c.take("]")) {
    if (!out.empty()) c.expect(",");
    out.push_back(c.word());
  }
  return out;
}

Resize resized(TextCursor& c) {
  Resize resize{c.word(), {}};
  c.expect("by");
  const auto how = support::meaning_of(kResizings, c.word());
  if (!how) c.fail("a way to resize before what stands");
  resize.how = *how;
  return resize;
}

}  // namespace

std::pair<std::string, std::string> read_renamed(TextCursor& c) {
  std::string old = c.word();
  c.expect("->");
  return {std::move(old), c.word()};
}

WeightSource read_weights(TextCursor& c) {
  c.expect("weights");
  c.expect("from");
  WeightSource source;
  source.from = c.word();
  if (c.take_word("only")) source.only = words(c);
  if (c.take_word("except")) source.except = words(c);
  if (c.take_word("new")) source.created = words(c);
  while (c.take_word("resize")) source.resize.push_back(resized(c));
  while (c.take_word("rename")) source.rename.push_back(read_renamed(c));
  if (c.take_word("below")) source.prefix = c.word();
  source.of_command = c.take_word("command");
  return source;
}

Init read_init(TextCursor& c, std::uint32_t& init_graph) {
  Init i;
  const auto numbers = [&] {
    std::vector<double> list;
    c.expect("(");
    while (!c.take(")")) {
      if (!list.empty()) c.expect(",");
      list.push_back(c.number());
    }
    return list;
  };
  const auto two = [&](Init::Kind kind) {
    const std::vector<double> list = numbers();
    if (list.size() != 2) c.fail("two numbers");
    i.kind = kind, i.a = list[0], i.b = list[1];
  };
  const auto one = [&](Init::Kind kind) {
    const std::vector<double> list = numbers();
    if (list.size() != 1) c.fail("one number");
    i.kind = kind, i.a = list[0];
  };
  if (c.take_word("zeros")) i.kind = Init::Zeros;
  else if (c.take_word("ones")) i.kind = Init::Ones;
  else if (c.take_word("uniform")) two(Init::Uniform);
  else if (c.take_word("normal")) two(Init::Normal);
  else if (c.take_word("norm_of")) two(Init::NormOf);
  else if (c.take_word("fill")) one(Init::Fill);
  else if (c.take_word("unit")) one(Init::Unit);
  else if (c.take_word("truncated_normal")) {
    const std::vector<double> list = numbers();
    if (list.size() != 4) c.fail("four numbers");
    i.kind = Init::TruncatedNormal, i.a = list[0], i.b = list[1];
    i.values = {list[2], list[3]};
  } else if (c.take_word("values")) {
    i.kind = Init::Values;
    i.values = numbers();
  } else if (c.take("expression(")) {
    i.kind = Init::Expression;
    init_graph = static_cast<std::uint32_t>(c.integer());
    c.expect(")");
  } else c.fail("an initial value");
  if (c.take_word("zero_row")) i.zero_row = c.integer();
  if (c.take_word("rank")) i.rank = static_cast<int>(c.integer());
  i.cleared = c.take_word("cleared");
  return i;
}

}  // namespace modelc::ir
