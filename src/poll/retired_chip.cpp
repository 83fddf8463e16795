// SPDX-License-Identifier: MIT
#include "poll/retired_chip.h"

#include <utility>

namespace gpiofs::poll {

RetiredChip::RetiredChip(std::shared_ptr<gpio::Chip> chip, gpio::OnExit on_exit, const Clock& clock,
                         Duration timeout)
    : chip_(std::move(chip)), on_exit_(on_exit), clock_(clock), timeout_(timeout) {}

void RetiredChip::finish() noexcept {
    if (const auto engine = chip_->bus().retire()) {
        engine->stop(on_exit_, clock_.now() + timeout_);
    }
}

}  // namespace gpiofs::poll
