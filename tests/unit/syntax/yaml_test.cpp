// covers: block.cpp block_text.cpp fault.cpp flow.cpp flow_report.cpp part.cpp quoting.cpp recover.cpp layout.cpp
// covers: typed_list.cpp
#include "syntax/yaml/yaml.h"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

using namespace modelc;

namespace {

struct Read {
  support::SourceManager sources;
  diagnostics::Sink sink;
  ast::NodePtr root;
  explicit Read(std::string text, syntax::YamlLimits limits = {}) {
    const support::FileId file = sources.add("m.yaml", std::move(text));
    root = syntax::read_yaml(sources, file, sink, limits).root;
  }
  std::string codes() const {
    std::string all;
    for (const auto& d : sink.sorted()) all += (all.empty() ? "" : " ") + std::string(d.code);
    return all;
  }
  /// `line:column` of the first report.
  std::string place() const {
    const auto all = sink.sorted();
    if (all.empty()) return "";
    const auto at = sources.file(1).position(all[0].span.begin);
    return std::to_string(at.line) + ":" + std::to_string(at.column);
  }
  std::string fixed() const {
    std::string text = sources.file(1).text();
    for (const auto& d : sink.sorted()) {
      for (auto fix = d.fixes.rbegin(); fix != d.fixes.rend(); ++fix)
        text.replace(fix->span.begin, fix->span.end - fix->span.begin, fix->text);
    }
    return text;
  }
  std::string show() const { return root ? show(*root) : "none"; }
  static std::string show(const ast::Node& node) {
    std::string out;
    switch (node.kind) {
      case ast::NodeKind::Null:
        return node.lost ? "lost" : "null";
      case ast::NodeKind::Scalar:
        return node.quoted() ? "'" + node.text + "'" : node.text;
      case ast::NodeKind::Sequence:
        for (const auto& item : node.items) out += (out.empty() ? "" : ", ") + show(*item);
        return "[" + out + "]";
      case ast::NodeKind::Mapping:
        for (const auto& [key, value] : node.entries)
          out += (out.empty() ? "" : ", ") + show(*key) + ": " + show(*value);
        return "{" + out + "}";
    }
    return out;
  }
};

}  // namespace

TEST_CASE("read_yaml: plain documents become trees") {
  struct Case {
    const char *text, *tree;
  };
  for (const Case& c : {
           Case{"a: 1\nb:\n  - c\n  - d: e\n    f: 'g'\n", "{a: 1, b: [c, {d: e, f: 'g'}]}"},
           Case{"a:\n- b\n- c\nd:\n", "{a: [b, c], d: null}"},
           Case{"\xEF\xBB\xBF"
                "a: 1\r\nb: |\r\n  x\r\n  y\r\n",
                "{a: 1, b: 'x\ny\n'}"},
           Case{"a: {x: int?, y: [b, c]}\n", "{a: {x: int?, y: [b, c]}}"},
           Case{"a: ~\nb: null\nc:\nnull: yes\n", "{a: ~, b: null, c: null, null: yes}"},
           Case{"---\na: 010 # comment\n...\n", "{a: 010}"},
           Case{"a: {for i in range(3): {\"b${i}\": C()}}\n", "{a: {for i in range(3): {'b${i}': C()}}}"},
           Case{"a: f(x,\n  b) # c\nd: it's\n", "{a: f(x, b), d: it's}"},
       }) {
    Read read(c.text);
    CAPTURE(c.text);
    CHECK(read.codes() == "");
    CHECK(read.show() == c.tree);
  }
}

TEST_CASE("read_yaml: anchors, aliases and merge keys") {
  Read read("a: &x {p: 1, q: 2}\nb:\n  r: 4\n  <<: *x\n  q: 3\nc: *x\nd: {<<: [*x, {q: 7, s: 8}]}\n");
  CHECK(read.codes() == "");
  CHECK(read.show() == "{a: {p: 1, q: 2}, b: {p: 1, q: 3, r: 4}, c: {p: 1, q: 2}, d: {p: 1, q: 2, s: 8}}");
  CHECK(read.root->find("a") == read.root->find("c"));
}

TEST_CASE("read_yaml: spans and the place of each decoded byte") {
  const auto place = [](const Read& read, std::string_view part) {
    const ast::Node& node = *read.root->entries[0].second;
    const std::size_t at = node.text.find(part);
    REQUIRE(at != std::string::npos);
    return std::string(read.sources.text(node.part(at, at + part.size())));
  };
  CHECK(place(Read("a: one two\n"), "two") == "two");
  CHECK(place(Read("a: one\n   two\n"), "two") == "two");
  CHECK(place(Read("a: \"one\\ttwo\"\n"), "two") == "two");
  CHECK(place(Read("a: \"\\u00e9 two\"\n"), "two") == "two");
  CHECK(place(Read("a: 'it''s two'\n"), "two") == "two");
  CHECK(place(Read("a: 'one\n\n  two'\n"), "two") == "two");
  CHECK(place(Read("a: |\n  one\n  two\n"), "two") == "two");
  CHECK(place(Read("a: >-\n    one\n    two\n\n    three\n"), "three") == "three");
  CHECK(place(Read("a: |2\n    one\n   two\n"), "two") == "two");
  CHECK(place(Read("a: &x  \"two\"\n"), "two") == "two");
  CHECK(place(Read("a: é two\n"), "two") == "two");

  Read read("a: &x \"q\"\nb: [c, d]  # e\nf:\n  - g\n  - h\n");
  const auto text = [&](std::size_t i) { return std::string(read.sources.text(read.root->entries[i].second->span)); };
  CHECK(text(0) == "\"q\"");
  CHECK(text(1) == "[c, d]");
  CHECK(text(2) == "g\n  - h");
  for (const auto& entry : read.root->entries) {
    if (entry.second->is_scalar()) CHECK(entry.second->offsets.size() == entry.second->text.size() + 1);
  }
}

TEST_CASE("read_yaml: what YAML cuts or ends too early is one error with a fix") {
  struct Case {
    const char *text, *code, *place, *fixed;
  };
  for (const Case& c : {
           Case{"m: {fc: Linear(3, bias=false)}\n", "M1021", "1:9", "m: {fc: \"Linear(3, bias=false)\"}\n"},
           Case{"m: {fc: f(\"a, b\")}\n", "M1021", "1:9", "m: {fc: 'f(\"a, b\")'}\n"},
           Case{"m: [Linear(3), Conv2d(3, 64)]\n", "M1021", "1:16", "m: [Linear(3), \"Conv2d(3, 64)\"]\n"},
           Case{"i: {x: float[B, 4], y: float[B]}\n", "M1022", "1:8", "i: {x: \"float[B, 4]\", y: \"float[B]\"}\n"},
           Case{"i: {block${i}: A()}\n", "M1022", "1:5", "i: {\"block${i}\": A()}\n"},
           Case{"f: {dim:1}\n", "M1023", "1:5", "f: {dim: 1}\n"},
           Case{"freeze: **\n", "M1024", "1:9", "freeze: \"**\"\n"},
           Case{"freeze: [**.bias, b]\n", "M1024", "1:10", "freeze: [\"**.bias\", b]\n"},
           Case{"device:\n  **: cpu\n", "M1024", "2:3", "device:\n  \"**\": cpu\n"},
           Case{"y: [f(x) for x in xs]\n", "M1025", "1:4", "y: \"[f(x) for x in xs]\"\n"},
           Case{"y: [h(f) for h, f in zip(a, b) if c]\n", "M1025", "1:4", "y: \"[h(f) for h, f in zip(a, b) if c]\"\n"},
           Case{"y: [1, 2] + z # c\n", "M1026", "1:11", "y: \"[1, 2] + z\" # c\n"},
           Case{"y: \"a\" if b else \"c\"\n", "M1027", "1:8", "y: '\"a\" if b else \"c\"'\n"},
           Case{"m: \"Linear(32)\" -> ReLU\n", "M1027", "1:17", "m: Linear(32) -> ReLU\n"},
           Case{"- 'f(x)' + 1 # c\n", "M1027", "1:10", "- f(x) + 1 # c\n"},
           Case{"y: a if c else {k: v}\n", "M1028", "1:18", "y: \"a if c else {k: v}\"\n"},
           Case{"- x[1: 3]\n", "M1028", "1:6", "- \"x[1: 3]\"\n"},
           Case{"y: f(a, # one\n     b)\n", "M1029", "2:6", "y: |\n     f(a, # one\n     b)\n"},
           Case{"y: f(\" # \")\n", "M1029", "1:8", "y: 'f(\" # \")'\n"},
           Case{"f: > 5\n", "M1030", "1:4", "f: \"> 5\"\n"},
           Case{"f: !fc\n", "M1007", "1:4", "f: \"!fc\"\n"},
           Case{"f: \"\\d\"\n", "M1031", "1:5", "f: \"\\\\d\"\n"},
       }) {
    CAPTURE(c.text);
    Read read(c.text);
    CHECK(read.codes() == c.code);
    CHECK(read.place() == c.place);
    CHECK(read.fixed() == c.fixed);
    CHECK(read.root);  // the rest of the description is still checked
    Read again(read.fixed());
    CHECK(again.codes() == "");
    CHECK_FALSE(read.sink.sorted()[0].help.empty());
  }
}

TEST_CASE("read_yaml: a list in block style below a type is one in brackets") {
  const Read read("params:\n  depths: list[int] =\n    - 3\n\n    - n * (2 + 1)\n  width: int = 4\n");
  CHECK(read.codes() == "");
  REQUIRE(read.root);
  const auto& params = read.root->entries.at(0).second->entries;
  REQUIRE(params.size() == 2);
  CHECK(params[0].second->text == "list[int] = [3, n * (2 + 1)]");
  CHECK(params[1].second->text == "int = 4");
  // An expression that goes on is none.
  CHECK(Read("y: a\n  - b\n").root->entries.at(0).second->text == "a - b");
  CHECK(Read("y: a ==\n  - b\n").root->entries.at(0).second->text == "a == - b");
}

TEST_CASE("read_yaml: refusals are located") {
  struct Case {
    const char *text, *code, *place;
  };
  for (const Case& c : {
           Case{"a: \xFF\n", "M1003", "1:4"},
           Case{"a: \x01\n", "M1004", "1:4"},
           Case{"# nothing\n", "M1005", "1:1"},
           Case{"a: 1\n---\nb: 2\n", "M1006", "2:1"},
           Case{"a: !!str b\n", "M1007", "1:4"},
           Case{"a: !!map\n  b: 1\n", "M1007", "1:4"},
           Case{"a: 1\nb: 2\n\"a\": 3\n", "M1008", "3:1"},
           Case{"[a]: b\n", "M1009", "1:1"},
           Case{"a: \"b\nc: 1\nd: \"e\"\n", "M1010", "1:4"},
           Case{"a: 'b\n", "M1010", "1:4"},
           Case{"a: [b\nc: d\n", "M1011", "1:4"},
           Case{"a: [b}\n", "M1012", "1:6"},
           Case{"a:\n\tb: 1\n", "M1013", "2:1"},
           Case{"a:\n  b: 1\n c: 2\n", "M1014", "3:2"},
           Case{"a: |\n   x\n  y\n", "M1014", "3:3"},
           Case{"a: 1\nb\nc: 2\n", "M1015", "2:1"},
           Case{"a: 1\nb:2\n", "M1015", "2:1"},
           Case{"modules\n  fc: ReLU\n", "M1015", "1:1"},
           Case{"a: 1\n  b: 2\n", "M1016", "2:3"},
           Case{"a: &x [*x]\n", "M1017", "1:8"},
           Case{"a: &base 1\nb: *bsae\n", "M1018", "2:4"},
           Case{"a: {b, c: 1}\n", "M1023", "1:5"},
           Case{"a: {b: }\n", "M1023", "1:5"},
           Case{"<<: 3\n", "M1032", "1:5"},
           Case{"a: }\n", "M1033", "1:4"},
           Case{"a: [b,, c]\n", "M1034", "1:7"},
       }) {
    CAPTURE(c.text);
    Read read(c.text);
    CHECK(read.codes() == c.code);
    CHECK(read.place() == c.place);
  }
  Read zero(std::string("a: b\0c\n", 7));
  CHECK(zero.codes() == "M1004");
  CHECK(Read("a: 1\na: 2\n").sink.sorted()[0].notes.size() == 1);
}

TEST_CASE("read_yaml: independent faults are reported together") {
  Read read("i: {x: float[B, 4]}\nm: {fc: Linear(3, bias=false)}\nf: **\na: 1\na: 2\n");
  CHECK(read.codes() == "M1022 M1021 M1024 M1008");
}

TEST_CASE("read_yaml: after a fault the rest still gives a tree, and its own faults") {
  struct Case {
    const char *text, *codes, *tree;
  };
  for (const Case& c : {
           Case{"a: 1\nb: \"x\nc: [d, e]\nf:\n  g: h\n", "M1010", "{a: 1, b: lost, c: [d, e], f: {g: h}}"},
           Case{"a:\n  b: [c\nd: e\n", "M1011", "{a: {b: lost}, d: e}"},
           Case{"a: [b}\nc: {d: f(1, 2)}\n", "M1012 M1021", "{a: lost, c: {d: f(1, 2)}}"},
           Case{"a: 1\nb\nc: 2\n", "M1015", "{a: 1, c: 2}"},
           Case{"a:\n  b: 1\n c: 2\nd: [e}\n", "M1012", "{a: {b: lost}, d: lost}"},
           Case{"a:\n\tb: 1\nc: d\n", "M1013", "{a: lost, c: d}"},
           Case{"- a\n- b: [c\n- d\n", "M1011", "[a, lost, d]"},
           Case{"a: [\n  b\n]\nc:\n- d\n- e\nf: [g}\n", "M1012", "{a: [b], c: [d, e], f: lost}"},
           Case{"a: &x [b]\nc: [d}\ne: *x\nf: g\n", "M1012", "{a: [b], c: lost, e: *x, f: g}"},
           Case{"a: 1\n---\nb: 2\n", "M1006", "{a: 1}"},
       }) {
    CAPTURE(c.text);
    Read read(c.text);
    CHECK(read.codes() == c.codes);
    CHECK(read.show() == c.tree);
  }
  // Places hold in what was recovered.
  Read read("a: \"x\nb:\n  c: here\n");
  CHECK(read.sources.text(read.root->find("b")->find("c")->span) == "here");
}

TEST_CASE("read_yaml: limits") {
  const auto repeat = [](const char* part, int n) {
    std::string all;
    for (int i = 0; i < n; ++i) all += part;
    return all;
  };
  CHECK(Read(repeat("[", 100'000)).codes() == "M1019");
  CHECK(Read("a: " + repeat("[", 300) + repeat("]", 300)).codes() == "M1019");
  CHECK(Read(repeat("- ", 100'000) + "a").codes() == "M1019");
  CHECK(Read(repeat("? ", 5'000) + "a").codes() == "M1019");
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  CHECK(Read(bomb).codes() == "M1020");
  syntax::YamlLimits small;
  small.bytes = 4;
  CHECK(Read("a: 12345\n", small).codes() == "M1002");
  small = {};
  small.nodes = 3;
  CHECK(Read("[a, b, c, d]\n", small).codes() == "M1020");
}

TEST_CASE("read_yaml: mutated texts neither crash nor hang, and a refusal says something") {
  const std::vector<std::string> seeds = {
      "modelc: 1 # v\nname: Two\ninputs:\n  x: float[B, 5]\nmodules:\n  s:\n    - linear: Linear(h)\n    - relu: "
      "ReLU\nforward:\n  y: cat([s(x), x], dim=1)\n",
      "a: &x {b: 1, c: [d, e]}\nf:\n  <<: *x\n  g: *x\n",
      "i: {x: float[B, 4], y: \"a, b\", z: 'it''s'}\nl: [f(a, b), [c, d] + e]\n",
      "t: |2-\n    a\n   b\n\n  c\nu: >+\n  d\n  e\n\n    f\n\nv: \"g\\u00e9\\\n   h\n\n   i\"\n",
      "- for i in range(3): {\"b${i}\": C(1, 2)}\n- if a: b\n  else: c\n- [x for x, y in z]\n",
      "freeze: [\"**\", \"!fc\"]\ndevice: {\"**\": cuda:1}\nx: \"a\" if b else {k: v}\n",
      "? a\n: b\n? [c]\n: d\n'e' : f\n",
      "y: f(a, # one\n     b, # two\n     c)\nz: plain\n  goes\n\n  on\n",
      "--- !tag\na: @b\nc: % d\n...\n",
      "\xEF\xBB\xBF"
      "a: é\r\nb: \"ü\"\r\nc: [\r\n  1,\r\n]\r\n",
  };
  const std::string_view letters = "[]{}()\"'|>&*!%@`#:,-? \t\n\r\\~ab1<$.\xC3";
  std::mt19937 random(7);
  const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const auto start = std::chrono::steady_clock::now();
  for (int round = 0; round < 4000; ++round) {
    std::string text = seeds[pick(seeds.size())];
    for (std::size_t n = 1 + pick(4); n > 0; --n) {
      const std::size_t at = pick(text.size() + 1);
      switch (pick(4)) {
        case 0:
          text.insert(at, 1, letters[pick(letters.size())]);
          break;
        case 1:
          text.erase(at, 1 + pick(3));
          break;
        case 2:
          if (at < text.size()) text[at] = letters[pick(letters.size())];
          break;
        default: {
          const std::string& other = seeds[pick(seeds.size())];
          const std::size_t from = pick(other.size());
          text.insert(at, other.substr(from, pick(20)));
        }
      }
      if (text.empty()) text = "a";
    }
    Read read(text);
    CAPTURE(text);
    CHECK((read.root || read.sink.has_errors()));
    for (const auto& d : read.sink.found()) {
      CHECK(d.span.end <= text.size());
      CHECK(d.span.begin <= d.span.end);
      CHECK(d.message.find("M10") == std::string::npos);
    }
  }
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  CHECK(spent.count() < 60.0);
}

TEST_CASE("read_yaml: every faulty description of the tests gives a tree") {
  std::size_t read_files = 0;
  const std::filesystem::path folder = std::filesystem::path(MODELC_SOURCE_DIR) / "tests" / "diagnostics";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    CAPTURE(entry.path().filename().string());
    CHECK(Read(text.str()).root != nullptr);
    ++read_files;
  }
  CHECK(read_files > 200);
}
