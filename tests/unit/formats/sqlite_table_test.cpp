#include <doctest/doctest.h>
#include <sqlite3.h>

#include <cmath>

#include "../../scratch.h"
#include "formats/categories.h"
#include "formats/tables.h"

using namespace modelc::formats;
using modelc::types::DType;

namespace {

struct Database {
  explicit Database(const std::string& script) : path(folder.path("t.db")) {
    sqlite3* made = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &made) == SQLITE_OK);
    REQUIRE(sqlite3_exec(made, script.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(made);
  }
  std::string refusal(const std::string& query) const {
    const Result<Table> table = read_sqlite(path, query);
    return table ? "" : table.fault.message;
  }
  scratch::Folder folder;
  std::string path;
};

const char* const kPeople =
    "create table people(id integer primary key, name text, age int, height real, note, paid numeric);"
    "insert into people values(1, 'Ada', 36, 1.65, 'x', 10), (2, 'Bob', null, 2, 7, 2.5), (3, null, 40, null, null, "
    "3);";

}  // namespace

TEST_CASE("sqlite: types by what is declared and by the values, rows in the order of the query") {
  const Database base(kPeople);
  const Result<Table> table = read_sqlite(base.path, "select * from people order by id desc");
  REQUIRE(table);
  const auto& columns = table.value->columns;
  CHECK(table.value->rows == 3);
  REQUIRE(columns.size() == 6);
  CHECK(columns[0].integers == std::vector<std::int64_t>{3, 2, 1});
  CHECK(columns[1].type.dtype == DType::String);
  CHECK(columns[1].strings == std::vector<std::string>{"Bob", "Ada"});
  CHECK(columns[1].codes == std::vector<std::int32_t>{-1, 0, 1});
  CHECK(columns[2].type.dtype == DType::Float32);
  CHECK(columns[2].type.has_missing);
  CHECK(columns[2].numbers[0] == 40);
  CHECK(std::isnan(columns[2].numbers[1]));
  CHECK(columns[3].numbers[1] == 2);
  CHECK(columns[4].type.dtype == DType::String);  // a 7 and an x
  CHECK(columns[4].type.text_place.ends_with("t.db: row 3 of `note`"));
  CHECK(columns[4].type.text_cell == "x");
  CHECK(columns[4].type.after_numbers);
  CHECK(columns[5].type.dtype == DType::Float32);
  const Result<Schema> computed = inspect_sqlite(base.path, "select age * 2 as twice, name from people where age > 0");
  REQUIRE(computed);
  CHECK(computed.value->rows == 2);
  CHECK(computed.value->columns[0].name == "twice");
  CHECK(computed.value->columns[0].dtype == DType::Int64);
}

TEST_CASE("sqlite: a name that stands twice, columns without a value") {
  const Database base(std::string(kPeople) +
                      "create table empty(a text, b int); insert into empty values(null, null);");
  const Result<Schema> twice = inspect_sqlite(base.path, "select a.id, b.id from people a join people b");
  REQUIRE(twice);
  CHECK(twice.value->rows == 9);
  CHECK(twice.value->columns[0].duplicate);
  const Result<Schema> empty = inspect_sqlite(base.path, "select * from empty");
  REQUIRE(empty);
  CHECK(empty.value->columns[0].dtype == DType::String);
  CHECK(empty.value->columns[1].dtype == DType::Float32);
  CHECK(categories_of(read_sqlite(base.path, "select name from people").value->columns[0]).count() == 3);
}

TEST_CASE("sqlite: what is refused") {
  const Database base(kPeople);
  CHECK(base.refusal("selec 1").find("syntax error") != std::string::npos);
  CHECK(base.refusal("select * from persons") == "no such table: persons");
  CHECK(base.refusal("select nmae from people") == "no such column: nmae");
  CHECK(base.refusal("delete from people returning id").find("writes") != std::string::npos);
  CHECK(base.refusal("create table t(a)").find("writes") != std::string::npos);
  CHECK(base.refusal("select 1; select 2").find("more than one") != std::string::npos);
  CHECK(base.refusal("") == "the query is empty");
  CHECK(base.refusal("begin").find("no columns") != std::string::npos);
  CHECK(base.refusal("select * from people where id = ?").find("parameter") != std::string::npos);
  CHECK(base.refusal("select * from people where id > 5") == "the query gives no rows");
  CHECK(base.refusal("select id, x'00ff' as raw from people") == "row 1 of `raw`: a blob, expected a number or text");
  CHECK(base.refusal("select cast(x'ff' as text) as t") == "row 1 of `t`: holds bytes that are not UTF-8");
  CHECK(read_sqlite(base.folder.path("no.db"), "select 1").fault.not_found);
  CHECK(read_sqlite("/", "select 1").fault.message == "is a folder, expected a file");
  CHECK(read_sqlite(base.folder.write("text.db", std::string(2000, 'x')), "select * from t").fault.message ==
        "is no SQLite database");
}
