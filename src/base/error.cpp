// SPDX-License-Identifier: MIT
#include "base/error.h"

#include <cerrno>
#include <new>

namespace gpiofs {

void throw_errno(int error, const std::string& what) {
    throw std::system_error(errno_code(error), what);
}

int to_errno(const std::error_code& code) noexcept {
    if (!code) {
        return 0;
    }
    const std::error_condition condition = code.default_error_condition();
    return condition.category() == std::generic_category() ? condition.value() : EIO;
}

int to_errno(const std::exception_ptr& error) noexcept {
    try {
        std::rethrow_exception(error);
    } catch (const std::system_error& e) {
        const int value = to_errno(e.code());
        return value == 0 ? EIO : value;
    } catch (const std::bad_alloc&) {
        return ENOMEM;
    } catch (...) {
        return EIO;
    }
}

}  // namespace gpiofs
