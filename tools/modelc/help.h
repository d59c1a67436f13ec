// What `--help` prints, of the program and of one command, and what each takes; made of the catalogue.
#pragma once

#include <string>

#include "catalogue/commands.h"

namespace modelc::cli {

std::string overview();
std::string help_of(const catalogue::Command& command);
/// What is wrong with so many arguments, or empty.
std::string wrong_count(const catalogue::Command& command, std::size_t given);

}  // namespace modelc::cli
