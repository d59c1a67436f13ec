// Any bytes as a table: a CSV file, plain or gzip, with several readings; idx as well. What is accepted has as many
// values in each column as it has rows.
#include "formats/tables.h"
#include "memory_file.h"
#include "target.h"

using namespace modelc;

namespace {

void check_table(const formats::Table& table) {
  const auto rows = static_cast<std::size_t>(table.rows);
  for (const auto& column : table.columns) {
    const std::size_t values = column.numbers.size() + column.integers.size() + column.codes.size();
    fuzz::promise(values == rows, "a column has a value for each row");
    fuzz::promise(column.lines.empty() || column.lines.size() == rows, "a row has a line");
    for (const auto code : column.codes) {
      fuzz::promise(code >= -1 && code < static_cast<std::int64_t>(column.strings.size()), "a code names a text");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const fuzz::MemoryFile file(fuzz::text_of(data + 1, size - 1));
  // The first byte chooses the options.
  formats::CsvOptions options;
  options.header = (data[0] & 1) != 0;
  options.strip = (data[0] & 2) != 0;
  if ((data[0] & 4) != 0) options.separator = ';';
  if ((data[0] & 8) != 0) options.names = {"a", "b", "c"};
  const auto schema = formats::inspect_csv(file.path(), options);
  fuzz::promise(schema || !schema.fault.message.empty(), "a refused file has a reason");
  const auto table = formats::read_csv(file.path(), options);
  fuzz::promise(table || !table.fault.message.empty(), "a refused file has a reason");
  if (table) {
    check_table(*table.value);
    fuzz::promise(schema && schema.value->columns.size() == table.value->columns.size(),
                  "the header and the whole file agree");
  }
  (void)formats::inspect_idx(file.path(), file.path());
  (void)formats::read_idx(file.path(), file.path());
  return 0;
}
