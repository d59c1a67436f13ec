// PyTorch's files as bytes, small enough to read.
#pragma once

#include <string>

#include "formats/zip.h"

namespace state_dicts {

// Protocol 2: OrderedDict() with one entry `w`: _rebuild_tensor_v2(storage 0 of 6 floats, 0, (2, 3), strides, False,
// OrderedDict()).
inline std::string state_dict_pickle(const std::string& global = "ctorch._utils\n_rebuild_tensor_v2\n",
                                     char stride0 = 3) {
  std::string s =
      "\x80\x02"
      "ccollections\nOrderedDict\n)Rq";
  s += std::string("\0", 1);
  s += "X" + std::string("\x01\0\0\0", 4) + "w" + global + "((X" + std::string("\x07\0\0\0", 4) +
       "storagectorch\nFloatStorage\nX" + std::string("\x01\0\0\0", 4) + "0X" + std::string("\x03\0\0\0", 4) +
       "cpuK\x06tQ" + std::string("K\0", 2) + "K\x02K\x03\x86K";
  s += stride0;
  s += "K\x01\x86\x89"
       "ccollections\nOrderedDict\n)RtRs.";
  return s;
}

inline std::string torch_zip(const std::string& pickle, std::size_t data = 24) {
  return modelc::formats::make_zip(
      {{"archive/data.pkl", pickle}, {"archive/data/0", std::string(data, 'x')}, {"archive/version", "3\n"}});
}

/// The format before PyTorch 1.6: magic, version, machine, object, storage keys, then each storage.
inline std::string old_torch(const std::string& pickle, const std::string& storages) {
  const std::string magic("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19.", 15);
  const std::string machine = "\x80\x02}X" + std::string("\x0d\0\0\0", 4) + "little_endian\x88s.";
  return magic + std::string("\x80\x02M\xe9\x03.") + machine + pickle + storages;
}

}  // namespace state_dicts
