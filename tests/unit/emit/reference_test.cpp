// What is generated from declarations, and whether the copies in the repository are what they would be now.
// MODELC_REFRESH=1 writes them anew (tools/refresh).
#include "emit/reference.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "catalogue/commands.h"
#include "catalogue/entry.h"
#include "catalogue/keys.h"
#include "emit/schema.h"
#include "ops/op.h"

using namespace modelc;

namespace {

const std::string kRoot = std::string(MODELC_SOURCE_DIR) + "/";

void check_fresh(const std::string& path, const std::string& text) {
  CAPTURE(path);
  if (std::getenv("MODELC_REFRESH") != nullptr) {
    std::ofstream(kRoot + path, std::ios::binary) << text;
    return;
  }
  std::ifstream in(kRoot + path, std::ios::binary);
  std::ostringstream there;
  there << in.rdbuf();
  // Not shown side by side: the texts are long.
  const bool fresh = there.str() == text;
  CHECK_MESSAGE(fresh, "the file is stale: run tools/refresh");
}

}  // namespace

TEST_CASE("the schema and the reference pages in the repository are fresh") {
  check_fresh("schemas/description.schema.json", emit::description_schema());
  for (const auto& [name, text] : emit::reference_pages()) check_fresh("docs/reference/" + name, text);
}

TEST_CASE("the schema is JSON that knows every key and every module") {
  const auto schema = nlohmann::json::parse(emit::description_schema());
  for (const catalogue::Key* key : catalogue::keys_of(catalogue::Place::Document))
    CHECK(schema["properties"].contains(std::string(key->name)));
  const auto& sections = schema["definitions"];
  CHECK(sections["train_section"]["properties"]["batch"]["anyOf"][0]["minimum"] == 1);
  CHECK(sections["train_section"]["additionalProperties"] == false);
  std::size_t modules = 0;
  for (const ops::Op& op : ops::Catalogue::get().all()) modules += op.is_module && !op.name.starts_with("_");
  CHECK(sections["module"].dump().find("\"const\":\"Linear\"") != std::string::npos);
  CHECK(modules > 60);
}

TEST_CASE("every reference of the schema leads to a definition") {
  const std::string text = emit::description_schema();
  const auto schema = nlohmann::json::parse(text);
  const std::string mark = "\"#/definitions/";
  std::size_t count = 0;
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1), ++count) {
    const std::string name = text.substr(at + mark.size(), text.find('"', at + mark.size()) - at - mark.size());
    CAPTURE(name);
    CHECK(schema["definitions"].contains(name));
  }
  CHECK(count > 50);
}

TEST_CASE("everything that has a name is explained") {
  for (const ops::Op& op : ops::Catalogue::get().all()) {
    if (!op.name.starts_with("_")) CHECK(emit::reference_text(op.name));
  }
  for (const catalogue::Kind kind : catalogue::kKinds) {
    for (const catalogue::Entry& entry : catalogue::entries(kind)) {
      const auto text = emit::reference_text(entry.name);
      REQUIRE(text);
      CHECK(text->find(entry.summary) != std::string::npos);
    }
  }
  for (const catalogue::Key& key : catalogue::keys()) {
    const auto text = emit::reference_text(catalogue::path_of(key));
    REQUIRE(text);
    CHECK(text->find(key.sentence) != std::string::npos);
  }
  CHECK_FALSE(emit::reference_text("nothing_of_the_kind"));
}

TEST_CASE("a key is found by its own name too") {
  CHECK(emit::reference_text("batch") == emit::reference_text("train.batch"));
  CHECK(emit::reference_text("epochs")->find("train.epochs") != std::string::npos);
  const auto text = emit::reference_text("train.batch");
  REQUIRE(text);
  CHECK(text->find("int in 1.. = 32") != std::string::npos);
  const auto sgd = emit::reference_text("SGD");
  REQUIRE(sgd);
  CHECK(sgd->find("momentum: float in 0.. = 0") != std::string::npos);
}

TEST_CASE("names of all kinds are offered") {
  CHECK(emit::nearest_name("Linaer") == "Linear");
  CHECK(emit::nearest_name("acuracy") == "accuracy");
  CHECK(emit::nearest_name("train.bacth") == "train.batch");
  CHECK(emit::nearest_name("Adma") == "Adam");
  CHECK_FALSE(emit::nearest_name("xylophone_of_the_deep"));
}

TEST_CASE("JSON of a name has its kind and arguments") {
  const auto found = nlohmann::json::parse(emit::reference_json("AdamW").value());
  REQUIRE(found.size() == 1);
  CHECK(found[0]["kind"] == "optimizer");
  CHECK(found[0]["arguments"][0]["name"] == "lr");
  const auto all = nlohmann::json::parse(emit::reference_list_json());
  CHECK(all.size() > 300);
}

TEST_CASE("options are declared once for each command") {
  for (const catalogue::Command& command : catalogue::commands()) {
    CAPTURE(command.name);
    CHECK_FALSE(command.examples.empty());
    std::set<std::string_view> names;
    for (const catalogue::Option& option : catalogue::options_of(command)) {
      CHECK(names.insert(option.long_name()).second);
      CHECK_FALSE(option.sentence.empty());
      CHECK(option.example.starts_with("-"));
      CHECK((!option.repeated || !option.value.empty()));
    }
  }
}
