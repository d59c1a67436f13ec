// What a tokenizer puts around a text: `[CLS]` before it, `[SEP]` behind it.
#pragma once

#include "text/model.h"

namespace modelc::text {

struct Around {
  Ids before, behind;
};

/// Throws Refused. None (null) puts nothing.
Around read_post_processor(const Json* json, const std::string& path);

}  // namespace modelc::text
