// covers: cells.cpp csv_reader.cpp known_schemas.cpp lines.cpp text_stream.cpp
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <zlib.h>

#include <cmath>

#include "../../scratch.h"
#include "formats/categories.h"
#include "formats/lines.h"
#include "formats/tables.h"
#include "formats/text_stream.h"

using namespace modelc::formats;
using modelc::types::DType;

namespace {

Result<Table> read(const std::string& text, CsvOptions options = {}) {
  scratch::Folder folder;
  return read_csv(folder.write("t.csv", text), options);
}

std::string refusal(const std::string& text, CsvOptions options = {}) {
  const Result<Table> table = read(text, options);
  if (table) return "";
  return std::to_string(table.fault.row) + ":" + std::to_string(table.fault.column) + " " + table.fault.message;
}

std::string gzip(const std::string& text) {
  std::string out(compressBound(text.size()) + 64, '\0');
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

TEST_CASE("csv: types of columns, spaces, missing cells, a last line without a break") {
  const Result<Table> table = read("a, b ,c,d\n1, 2.5,x,\n 3,4, y ,7\n5,1e3,?,8");
  REQUIRE(table);
  const auto& columns = table.value->columns;
  CHECK(table.value->rows == 3);
  CHECK(columns[0].type.dtype == DType::Int64);
  CHECK(columns[0].integers == std::vector<std::int64_t>{1, 3, 5});
  CHECK(columns[1].type.name == "b");
  CHECK(columns[1].type.dtype == DType::Float32);
  CHECK(columns[1].numbers == std::vector<double>{2.5, 4, 1000});
  CHECK(columns[2].type.dtype == DType::String);
  CHECK(columns[2].strings == std::vector<std::string>{"x", "y"});
  CHECK(columns[2].codes == std::vector<std::int32_t>{0, 1, -1});
  CHECK(columns[2].type.has_missing);
  CHECK(columns[3].type.dtype == DType::Float32);
  CHECK(columns[3].type.has_missing);
  CHECK(std::isnan(columns[3].numbers[0]));
  CHECK(columns[3].file_column == 4);
  CHECK(columns[3].lines == std::vector<std::int64_t>{2, 3, 4});
}

TEST_CASE("csv: several texts are missing values, and those alone") {
  CsvOptions options;
  options.missing = {"NA", "-"};
  const Result<Table> table = read("a,b,c\n1,NA,x\n-,2,\n", options);
  REQUIRE(table);
  const auto& columns = table.value->columns;
  CHECK(columns[0].type.has_missing);
  CHECK(columns[0].type.dtype == DType::Float32);
  CHECK(std::isnan(columns[1].numbers[0]));
  CHECK_FALSE(columns[2].type.has_missing);
  CHECK(columns[2].strings == std::vector<std::string>{"x", ""});
}

TEST_CASE("csv: quotes, doubled quotes, line breaks and separators inside them") {
  const Result<Table> table = read("n,v\r\n\"Kelly, Mr. \"\"J\"\"\",1\r\n\"two\nlines\",2\r\n\r\nlast,3\r\n");
  REQUIRE(table);
  CHECK(table.value->columns[0].strings == std::vector<std::string>{"Kelly, Mr. \"J\"", "two\nlines", "last"});
  CHECK(table.value->columns[0].lines == std::vector<std::int64_t>{2, 3, 6});
  CHECK(refusal("a,b\n\"open,2\n3,4\n") == "2:1 this quote is never closed");
  CHECK(refusal("a,b\n\"x\"y,2\n").starts_with("2:1 text after the closing quote"));
}

TEST_CASE("csv: what is refused, and where") {
  CHECK(refusal("a,b\n1,2\n3\n4,5\n") == "3:0 1 field, expected 2 as in line 1");
  CHECK(refusal("a,b\n1,2,3\n") == "2:0 3 fields, expected 2 as in line 1");
  CHECK(refusal("") == "0:0 is empty, expected rows");
  CHECK(refusal("a,b\n") == "0:0 has a header but no rows");
  CHECK(refusal(std::string("a,b\n1,\0\n", 8)) == "2:2 holds a NUL byte, expected text");
  CHECK(refusal("a,b\n1,\xff\n") == "2:2 holds bytes that are not UTF-8");
  CHECK(refusal("\xff\xfe"
                "a") == "0:0 is UTF-16, expected UTF-8");
  CsvOptions named;
  named.names = {"x"};
  CHECK(refusal("1,2\n3,4\n", named) == "1:0 2 fields, but `names` gives 1");
  CHECK(read_csv("no/such/file.csv", {}).fault.not_found);
  CHECK(read_csv("/", {}).fault.message == "is a folder, expected a file");
  CHECK(read_csv("/dev/zero", {}).fault.message == "is no regular file");
  scratch::Folder folder;
  ::mkfifo(folder.path("fifo").c_str(), 0600);
  CHECK(read_csv(folder.path("fifo"), {}).fault.message == "is no regular file");
}

TEST_CASE("csv: no header, given names, byte order mark, duplicate names, integers beyond 64 bits") {
  CsvOptions plain;
  plain.header = false;
  Result<Table> table = read("5,a\n6,b\n", plain);
  REQUIRE(table);
  CHECK(table.value->rows == 2);
  CHECK(table.value->columns[1].type.name == "1");
  plain.names = {"x", "y"};
  table = read("5,a\n6,b\n", plain);
  REQUIRE(table);
  CHECK(table.value->columns[1].type.name == "y");
  table = read("\xEF\xBB\xBFx,x\n9223372036854775808,-5\n");
  REQUIRE(table);
  CHECK(table.value->columns[0].type.name == "x");
  CHECK(table.value->columns[0].type.duplicate);
  CHECK(table.value->columns[1].type.duplicate);
  CHECK(table.value->columns[0].type.dtype == DType::Float32);
  CHECK(table.value->columns[1].integers == std::vector<std::int64_t>{-5});
}

TEST_CASE("csv: gzip by its magic, cut off gzip, the beginning of a file") {
  scratch::Folder folder;
  std::string text = "a,b\n";
  for (int i = 0; i < 5000; ++i) text += std::to_string(i) + ",x\n";
  const std::string packed = gzip(text);
  const Result<Table> table = read_csv(folder.write("t.csv", packed), {});
  REQUIRE(table);
  CHECK(table.value->rows == 5000);
  CHECK(read_csv(folder.write("cut.csv", packed.substr(0, packed.size() / 2)), {}).fault.message.find("cut off") !=
        std::string::npos);
  const Result<Schema> start = inspect_csv(folder.path("t.csv"), {}, 100);
  REQUIRE(start);
  CHECK(start.value->rows == -1);
  CHECK(start.value->columns[0].dtype == DType::Int64);
  CHECK(inspect_csv(folder.path("t.csv"), {}).value->rows == 5000);
}

TEST_CASE("csv: a column is a number where every cell of the whole file is one, and the first that is none is kept") {
  std::string text = "a,b,c\n";
  for (int i = 0; i < 200'000; ++i) text += "1,2,x\n";
  text += "0.5,0x1F,?\n";
  const Result<Table> table = read(text);
  REQUIRE(table);
  const auto& columns = table.value->columns;
  CHECK(table.value->rows == 200'001);
  CHECK(columns[0].type.dtype == DType::Float32);
  CHECK(columns[0].numbers.back() == 0.5);
  CHECK(columns[1].type.dtype == DType::String);
  CHECK(columns[1].type.text_cell == "0x1F");
  CHECK(columns[1].type.text_place.ends_with("t.csv:200002:2"));
  CHECK(columns[1].type.after_numbers);
  CHECK_FALSE(columns[2].type.after_numbers);
  CHECK(columns[2].codes.back() == -1);
}

TEST_CASE("csv: which cells are numbers") {
  const auto type_of = [](const std::string& cell, CsvOptions options = {}) {
    options.separator = ";";
    return read("a;b\n" + cell + ";1\n", options).value->columns[0].type.dtype;
  };
  for (const char* cell : {"5", "+5", "-5", "\"5\"", " 5 ", "007"}) CHECK_MESSAGE(type_of(cell) == DType::Int64, cell);
  for (const char* cell :
       {"1.", ".5", "+1.5e3", "1E-3", "-2.5E+10", "inf", "-Infinity", "nan", "1e400", "18446744073709551616"})
    CHECK_MESSAGE(type_of(cell) == DType::Float32, cell);
  for (const char* cell :
       {"0x1F", "1_000", "5%", "$5", "1/2", "+-5", "--5", "1e", "e5", ".", "-", "1,5", "nan(2)", "1.5.2"})
    CHECK_MESSAGE(type_of(cell) == DType::String, cell);
  CsvOptions comma;
  comma.decimal = ',';
  CHECK(type_of("3,5", comma) == DType::Float32);
  CHECK(type_of("3.5", comma) == DType::String);
  CHECK(type_of("1.234,5", comma) == DType::String);
  comma.separator = ";";
  CHECK(read("a;b\n-3,25;1\n", comma).value->columns[0].numbers == std::vector<double>{-3.25});
  comma.separator = ",";
  CHECK(read("a,b\n\"3,5\",1\n", comma).value->columns[0].numbers == std::vector<double>{3.5});
  CHECK(std::isinf(read("a\n1e400\n").value->columns[0].numbers[0]));
  CHECK(read("a\nnan\n1\n").value->columns[0].type.has_missing);
}

TEST_CASE("csv: types that are stated, and the cell that is not of its type") {
  CsvOptions options;
  options.types = {{"zip", DType::String}, {"price", DType::Float32}, {"n", DType::Int64}};
  const Result<Table> table = read("zip,price,n\n01234,1,2\n?,?,3\n", options);
  REQUIRE(table);
  CHECK(table.value->columns[0].strings == std::vector<std::string>{"01234"});
  CHECK(table.value->columns[0].codes == std::vector<std::int32_t>{0, -1});
  CHECK(table.value->columns[0].type.text_place.empty());
  CHECK(table.value->columns[1].type.dtype == DType::Float32);
  CHECK(table.value->columns[2].integers == std::vector<std::int64_t>{2, 3});
  CHECK(refusal("zip,price,n\n1,2,3\n1,oops,3\n", options) ==
        "3:2 `oops` in column `price`, which `types` says holds numbers");
  CHECK(refusal("zip,price,n\n1,2,3.5\n", options) == "2:3 `3.5` in column `n`, which `types` says holds integers");
  CHECK(refusal("zip,price,n\n1,2,?\n", options) ==
        "2:3 a missing value in column `n`, which `types` says holds integers");
}

TEST_CASE("csv: encodings, and bytes that are none of one") {
  const auto words = [](const std::string& text, const std::string& encoding) {
    CsvOptions options;
    options.encoding = encoding;
    const Result<Table> table = read(text, options);
    return table ? table.value->columns[0].strings : std::vector<std::string>{table.fault.str()};
  };
  const std::vector<std::string> cafe{"café"};
  CHECK(words("a,b\ncaf\xe9,1\n", "latin-1") == cafe);
  CHECK(words("a,b\ncaf\xe9,1\n", "ISO-8859-1") == cafe);
  CHECK(words("a,b\n\x80,1\n", "cp1252") == std::vector<std::string>{"€"});
  CHECK(words("\xEF\xBB\xBF"
              "a,b\ncaf\xc3\xa9,1\n",
              "utf-8") == cafe);
  const auto utf16 = [](const std::string& text, bool big) {
    std::string out = big ? "\xFE\xFF" : "\xFF\xFE";
    for (const char c : text) {
      if (big) out += '\0';
      out += c;
      if (!big) out += '\0';
    }
    return out;
  };
  CHECK(words(utf16("a,b\ncaf\xe9,1\n", false), "utf-16") == cafe);
  CHECK(words(utf16("a,b\ncaf\xe9,1\n", true), "utf-16") == cafe);
  CHECK(words("a,b\nx,1\ny,\x81\n", "cp1252")[0].find("t.csv:3:2: holds a byte that is no cp1252: 0x81") !=
        std::string::npos);
  CHECK(words(utf16("a,b\nx,1", false) + "x", "utf-16")[0].find("ends within a character") != std::string::npos);
  CHECK(words("a\nx\n", "no such")[0].find("no encoding") != std::string::npos);
  const Result<Table> bad = read("a,b\nx,1\ny,caf\xe9\n");
  CHECK(bad.fault.row == 3);
  CHECK(bad.fault.column == 2);
  CHECK(bad.fault.cure.find("encoding=\"latin-1\"") != std::string::npos);
  CHECK(knows_encoding("utf-8"));
  CHECK_FALSE(knows_encoding("klingon-8"));
}

TEST_CASE("csv: what stands across the pieces that a file is read in") {
  std::string quoted(600'000, 'q');
  quoted[300'000] = '\n';
  const std::string text = "a§b\r\n\"" + quoted + "\"\"\"§1\r\nx§2\r\n" + std::string(400'000, 'z') + "§3";
  CsvOptions options;
  options.separator = "§";
  const Result<Table> table = read(text, options);
  REQUIRE(table);
  CHECK(table.value->columns[0].strings == std::vector<std::string>{quoted + "\"", "x", std::string(400'000, 'z')});
  CHECK(table.value->columns[0].lines == std::vector<std::int64_t>{2, 4, 5});
  CHECK(table.value->columns[1].integers == std::vector<std::int64_t>{1, 2, 3});
  // Every way to cut CRLF, quotes and characters at the end of a piece of 256 KiB.
  for (std::size_t shift = 0; shift < 24; ++shift) {
    std::string rows = "a,b\r\n" + std::string(shift, 'x') + ",0\r\n";
    int count = 1;
    while (rows.size() < (1u << 18) + 64) rows += "\"é\"\"é\"," + std::to_string(count++ % 10) + "\r\n";
    const Result<Table> cut = read(rows);
    REQUIRE(cut);
    CHECK(cut.value->rows == count);
    CHECK(cut.value->columns[0].strings.back() == "é\"é");
    CHECK(cut.value->columns[0].lines.back() == count + 1);
  }
}

TEST_CASE("csv: what was found is kept while the file stays as it is") {
  scratch::Folder folder;
  const std::string path = folder.write("t.csv", "a\n1\n");
  CHECK(inspect_csv(path, {}).value->columns[0].dtype == DType::Int64);
  folder.write("t.csv", "a\n1.5\n");
  CHECK(inspect_csv(path, {}).value->columns[0].dtype == DType::Float32);
  CsvOptions text;
  text.types = {{"a", DType::String}};
  CHECK(inspect_csv(path, text).value->columns[0].dtype == DType::String);
}

TEST_CASE("lines: regular ones cost nothing, irregular ones are known") {
  Lines lines;
  for (std::int64_t row = 0; row < 1'000'000; ++row) lines.push_back(row + 2);
  CHECK(lines.footprint() < 1000);
  lines.push_back(1'000'010);
  lines.push_back(1'000'011);
  CHECK(lines.size() == 1'000'002);
  CHECK(lines[0] == 2);
  CHECK(lines[999'999] == 1'000'001);
  CHECK(lines[1'000'000] == 1'000'010);
  CHECK(lines[1'000'001] == 1'000'011);
  CHECK(lines[1'000'002] == 0);
  const Lines chosen = lines.select({1'000'001, 0, 5});
  CHECK(chosen[0] == 1'000'011);
  CHECK(chosen[1] == 2);
  CHECK(chosen[2] == 7);
}

TEST_CASE("categories: sorted by bytes or by size, missing last") {
  const Result<Table> table = read("t,i,f\nb,10,0.5\n?,9,\nB,10,0.25\n");
  REQUIRE(table);
  const Categories text = categories_of(table.value->columns[0]);
  CHECK(text.strings == std::vector<std::string>{"B", "b"});
  CHECK(text.missing);
  CHECK(text.count() == 3);
  CHECK(categories_of(table.value->columns[1]).integers == std::vector<std::int64_t>{9, 10});
  const Categories numbers = categories_of(table.value->columns[2]);
  CHECK(numbers.numbers == std::vector<double>{0.25, 0.5});
  CHECK(numbers.count() == 3);
}

TEST_CASE("idx: headers, counts, sizes, cut off files") {
  scratch::Folder folder;
  const std::string images(
      "\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x02"
      "abcd",
      20),
      labels("\0\0\x08\x01\0\0\0\x02\x05\x07", 10);
  const Result<Table> table = read_idx(folder.write("i", images), folder.write("l", gzip(labels)));
  REQUIRE(table);
  CHECK(table.value->columns[0].type.shape == std::vector<std::int64_t>{1, 2});
  CHECK(table.value->columns[0].bytes == std::vector<std::uint8_t>{'a', 'b', 'c', 'd'});
  CHECK(table.value->columns[1].bytes == std::vector<std::uint8_t>{5, 7});
  CHECK(read_idx(folder.path("l"), folder.path("i")).fault.message.find("swapped") != std::string::npos);
  CHECK(read_idx(folder.write("c", images.substr(0, 19)), folder.path("l")).fault.message.find("cut off") !=
        std::string::npos);
  CHECK(read_idx(folder.write("m", "\x01\x02\x03\x04"), folder.path("l")).fault.message.find("begins with 01 02") !=
        std::string::npos);
  const std::string one("\0\0\x08\x01\0\0\0\x01\x05", 9);
  CHECK(read_idx(folder.path("i"), folder.write("one", one)).fault.message.find("1 labels, but 2 images") !=
        std::string::npos);
}
