// A part of a value that is rarely there: one pointer where it is not. It is a value like any other: copies are deep,
// and what was never made equals what was made empty.
#pragma once

#include <memory>

namespace modelc::support {

template <class T>
class Boxed {
 public:
  Boxed() = default;
  ~Boxed() = default;
  Boxed(const Boxed& other) : made_(other.made_ ? std::make_unique<T>(*other.made_) : nullptr) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(const Boxed& other) {
    if (this != &other) made_ = other.made_ ? std::make_unique<T>(*other.made_) : nullptr;
    return *this;
  }
  Boxed& operator=(Boxed&&) noexcept = default;

  const T& get() const {
    static const T none{};
    return made_ ? *made_ : none;
  }
  /// To be changed.
  T& make() {
    if (!made_) made_ = std::make_unique<T>();
    return *made_;
  }
  /// Null where it was never made.
  T* made() { return made_.get(); }

  bool operator==(const Boxed& other) const {
    if (!made_ && !other.made_) return true;
    return get() == other.get();
  }

 private:
  std::unique_ptr<T> made_;
};

}  // namespace modelc::support
