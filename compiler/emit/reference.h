// The reference of everything that has a name: operators and what the catalogue lists. As text for `modelc ops NAME`,
// as JSON, and as the pages under docs/reference. Reads declarations only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace modelc::emit {

/// What `name` means, every meaning below the other; nullopt where nothing has that name. A key is found by its path,
/// `train.batch`, and by its own name where no path is that.
std::optional<std::string> reference_text(const std::string& name);
/// The same as a JSON array of objects {name, kind, summary, arguments, …}.
std::optional<std::string> reference_json(const std::string& name);

/// Everything with its sentence, a section for each family and kind.
std::string reference_list();
std::string reference_list_json();

/// The nearest name of all kinds, if one is near enough to be meant.
std::optional<std::string> nearest_name(const std::string& name);

/// The pages of docs/reference by file name.
std::map<std::string, std::string> reference_pages();

}  // namespace modelc::emit
