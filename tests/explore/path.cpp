// SPDX-License-Identifier: MIT
#include "path.h"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>

namespace gpiofs::explore {

Path::Path(std::string_view text) {
    std::istringstream words{std::string(text)};
    std::size_t taken = 0;
    while (words >> taken) {
        std::size_t times = 1;
        if (words.peek() == '*') {
            words.ignore();
            words >> times;
        }
        decisions_.insert(decisions_.end(), times, Decision{taken, 0});
    }
}

std::size_t Path::choose(std::size_t options) {
    if (options == 1) {
        return 0;
    }
    if (at_ == decisions_.size()) {
        decisions_.push_back({0, options});
    }
    Decision& decision = decisions_[at_++];
    if (decision.options == 0) {
        decision.options = options;
    }
    if (decision.options != options || decision.taken >= options) {
        throw std::logic_error(
            fmt::format("the same schedule came another way at decision {}: {} "
                        "options, {} before",
                        at_, options, decision.options));
    }
    return decision.taken;
}

bool Path::advance() {
    at_ = 0;
    while (!decisions_.empty()) {
        if (++decisions_.back().taken < decisions_.back().options) {
            return true;
        }
        decisions_.pop_back();
    }
    return false;
}

std::string Path::text() const {
    std::string text;
    for (std::size_t i = 0; i < at_;) {
        std::size_t end = i;
        while (end < at_ && decisions_[end].taken == decisions_[i].taken) {
            ++end;
        }
        text += i == 0 ? "" : " ";
        text += end - i == 1 ? fmt::format("{}", decisions_[i].taken)
                             : fmt::format("{}*{}", decisions_[i].taken, end - i);
        i = end;
    }
    return text;
}

}  // namespace gpiofs::explore
