#include "text/post_processors.h"

#include "support/words.h"

namespace modelc::text {
namespace {

std::int32_t number_in(const Part& pair) {
  if (!pair.json.is_array() || pair.json.size() != 2 || !pair.json[1].is_number_integer())
    pair.refuse("expected a token and its number");
  return pair.json[1].get<std::int32_t>();
}

Around cls_and_sep(const Part& part) { return {{number_in(part.at("cls"))}, {number_in(part.at("sep"))}}; }

/// `single`: special tokens, and one text among them.
Around of_template(const Part& part) {
  Around around;
  bool behind = false;
  for (const Part& item : part.items("single")) {
    if (item.find("Sequence")) {
      if (behind) item.refuse("a text that stands twice is not understood");
      behind = true;
      continue;
    }
    const std::string name = item.at("SpecialToken").text("id");
    const Part tokens = part.at("special_tokens");
    for (const Part& id : tokens.at(name.c_str()).items("ids")) {
      if (!id.json.is_number_integer()) id.refuse("expected an integer");
      (behind ? around.behind : around.before).push_back(id.json.get<std::int32_t>());
    }
  }
  return around;
}

Around sequence(const Part& part) {
  Around all;
  for (const Part& one : part.items("processors")) {
    const Around around = read_post_processor(&one.json, one.path);
    all.before.insert(all.before.begin(), around.before.begin(), around.before.end());
    all.behind.insert(all.behind.end(), around.behind.begin(), around.behind.end());
  }
  return all;
}

using Read = Around (*)(const Part&);
constexpr support::Word<Read> kKinds[] = {{"TemplateProcessing", of_template},
                                          {"BertProcessing", cls_and_sep},
                                          {"RobertaProcessing", cls_and_sep},
                                          {"ByteLevel", [](const Part&) { return Around{}; }},  // moves offsets alone
                                          {"Sequence", sequence}};

}  // namespace

Around read_post_processor(const Json* json, const std::string& path) {
  if (!json || json->is_null()) return {};
  const Part part{*json, path};
  const std::string type = part.type();
  const auto read = support::meaning_of(kKinds, type);
  if (!read) part.refuse(fmt::format("the post-processor `{}` is not understood", type));
  return (*read)(part);
}

}  // namespace modelc::text
