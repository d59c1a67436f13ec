// Tables for eyes: columns as wide as what stands in them.
#pragma once

#include <string>
#include <vector>

namespace modelc::cli {

/// The first row is the head; numbers stand at the right. Ends with a line break; no space at the end of a line.
std::string table_text(const std::vector<std::vector<std::string>>& rows);

/// A cell of a CSV file, quoted where it must be.
std::string csv_cell(const std::string& text);

}  // namespace modelc::cli
