// What `--help` prints, of the program and of one command; made of the catalogue.
#pragma once

#include <string>

#include "catalogue/commands.h"

namespace modelc::cli {

std::string overview();
std::string help_of(const catalogue::Command& command);

}  // namespace modelc::cli
